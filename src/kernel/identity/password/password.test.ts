import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import {
  asOwner,
  auditOf,
  goodPassword,
  makePerson,
  openBrowser,
  signedIn,
  whileChanging,
} from '../../../../test/harness/identity.ts';
import { type MailSink, startMailSink } from '../../mail/sink.ts';
import { systemActor, withContext } from '../../tenancy/context.ts';
import { mail_attempts_max } from '../mail.ts';
import { createSignInLink, issueToken } from '../token/service.ts';
import { createPasswordLink } from './service.ts';

const newPassword = 'nine purple umbrellas';

let app: TestApp;
let sink: MailSink;
let north: TestTenant;
/** Which mail the server puts off. */
let putOff: (address: string) => boolean = () => false;
before(async () => {
  sink = await startMailSink({
    onRcptTo: ({ address }, _session, done) =>
      done(putOff(address) ? Object.assign(new Error('Later'), { responseCode: 451 }) : null),
  });
  app = await startTestApp({ SMTP_URL: sink.url, PUBLIC_URL: 'https://crm.example' });
  north = await app.tenant('north');
});
after(async () => {
  await app.stop();
  await sink.close();
});

const fromPage = { origin: 'https://crm.example' };
const post = (path: string, body: object) => openBrowser(app.url).send('POST', path, body, fromPage);

/** The token of the newest mail to this address. */
async function mailedToken(email: string, count = 1): Promise<string> {
  const mails = await eventually(async () => {
    const found = sink.messages().filter(({ to, text }) => to.includes(email) && text.includes('/password-reset#'));
    return found.length >= count && found;
  });
  const link = /https:\/\/crm\.example\/password-reset#([\w-]+)/.exec(mails.at(-1)!.text);
  assert.ok(link, mails.at(-1)!.text);
  return link[1]!;
}

test('weak passwords are refused with the reason', async () => {
  const person = await makePerson(app, north, 'Ann Leeward');
  const browser = await signedIn(app, person);
  const refusals: [string, string][] = [
    ['short words', 'too_short'],
    ['x'.repeat(10) + 'y'.repeat(191), 'too_long'],
    ['qwertyuiop123', 'breached'],
    ['Password2024!', 'breached'],
    ['1qaz2wsx3edc', 'breached'],
    ['monkeymonkey', 'breached'],
    ['abababababab', 'too_simple'],
    ['i am leeward today', 'personal'],
    ['we all love NORTH', 'personal'],
    ['ann.leeward is it', 'personal'],
  ];
  for (const [password, code] of refusals) {
    const answer = await browser.send(
      'PUT',
      '/api/v1/password',
      { current_password: goodPassword, password },
      fromPage,
    );
    assert.equal(answer.status, 422, password);
    assert.deepEqual([answer.body.errors[0].field, answer.body.errors[0].code], ['password', code], password);
    assert.ok(!JSON.stringify(answer.body).includes(password), 'a refusal does not repeat the password');
  }
});

test('changing the password needs the old one and signs all other devices out', async () => {
  const person = await makePerson(app, north, 'Ben Ode');
  const [browser, other] = [await signedIn(app, person), await signedIn(app, person)];
  const before = browser.cookie();
  const change = (current_password: string | undefined) =>
    browser.send('PUT', '/api/v1/password', { current_password, password: newPassword }, fromPage);
  assert.equal((await change(undefined)).body.code, 'wrong_password');
  assert.equal((await change('a guess of mine')).body.code, 'wrong_password');
  assert.equal((await change(goodPassword)).status, 204);
  assert.notEqual(browser.cookie(), before);
  assert.equal((await browser.send('GET', '/api/v1/session')).status, 200);
  assert.equal((await other.send('GET', '/api/v1/session')).status, 401);
  const old = await post('/api/v1/sign-in', { email: person.email, password: goodPassword });
  assert.equal(old.status, 401);
  await signedIn(app, person, newPassword);
});

test('changing or resetting the password revokes keys and the calendar address when one asks for it', async () => {
  const person = await makePerson(app, north, 'Kay Keys');
  let browser = await signedIn(app, person);
  const send = (method: string, path: string, body?: object) => browser.send(method, path, body, fromPage);
  const roles = (await send('GET', '/api/v1/roles?limit=200')).body.data;
  const role_id = roles.find((role: { key: string }) => role.key === 'member').id;
  const makeCredentials = async () => {
    await send('POST', '/api/v1/calendar-feed');
    return (await send('POST', '/api/v1/api-keys', { name: 'Key', role_id })).body.key as string;
  };
  const reached = async (key: string) => [
    (await client(app.url, key)('GET', '/api/v1/session')).status,
    (await send('GET', '/api/v1/calendar-feed')).body.open,
  ];
  const change = (current_password: string, password: string, more: object) =>
    send('PUT', '/api/v1/password', { current_password, password, ...more });
  const first = await makeCredentials();
  assert.equal((await change(goodPassword, newPassword, {})).status, 204);
  assert.deepEqual(await reached(first), [200, true]);
  assert.equal((await change(newPassword, 'eight yellow lanterns', { revoke_credentials: true })).status, 204);
  assert.deepEqual(await reached(first), [401, false]);

  const second = await makeCredentials();
  let mails = 0;
  const reset = async (password: string, more: object) => {
    await post('/api/v1/password-resets', { email: person.email });
    const token = await mailedToken(person.email, ++mails);
    assert.equal((await post('/api/v1/password-resets/completion', { token, password, ...more })).status, 204);
    browser = await signedIn(app, person, password);
  };
  await reset('seven brown ladders', {});
  assert.deepEqual(await reached(second), [200, true]);
  await reset('six silver teaspoons', { revoke_credentials: true });
  assert.deepEqual(await reached(second), [401, false]);
});

test('a forgotten password is set anew by a link that works once and ends all sessions', async () => {
  const person = await makePerson(app, north, 'Cy Tan');
  const browser = await signedIn(app, person);
  assert.equal((await post('/api/v1/password-resets', { email: person.email.toUpperCase() })).status, 202);
  const token = await mailedToken(person.email);
  const complete = (password: string) => post('/api/v1/password-resets/completion', { token, password });
  const lookUp = () => post('/api/v1/password-resets/lookup', { token });
  assert.deepEqual((await lookUp()).body, { email: person.email, tenant: { title: 'north' } });
  assert.equal((await complete('too short')).status, 422);
  assert.equal((await complete(newPassword)).status, 204, 'a refused password leaves the link good');
  assert.equal((await complete('eight yellow lanterns')).status, 410);
  assert.equal((await lookUp()).status, 410);
  assert.equal((await browser.send('GET', '/api/v1/session')).status, 401);
  await signedIn(app, person, newPassword);
});

test('a reset link works no more once the account has another address', async () => {
  const person = await makePerson(app, north, 'Ina Moor');
  await post('/api/v1/password-resets', { email: person.email });
  const token = await mailedToken(person.email);
  const { api } = await north.as('admin');
  const moved = await api('PATCH', `/api/v1/users/${person.user_id}`, { email: 'ina.elsewhere@people.example' });
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  const answer = await post('/api/v1/password-resets/completion', { token, password: newPassword });
  assert.deepEqual([answer.status, answer.body.code], [410, 'link_expired']);
  await signedIn(app, { ...person, email: 'ina.elsewhere@people.example' });
});

test('a new password, and signing out everywhere, end the links and begun sign-ins from before', async () => {
  const person = await makePerson(app, north, 'Lou Link');
  const { api } = await north.as('admin');
  const issueLinks = () =>
    withContext(app.app.services.db, systemActor(north.tenant_id), async (ctx) => ({
      reset: (await createPasswordLink(ctx, person.email))!,
      signIn: await createSignInLink(ctx, person.user_id),
      identity: await issueToken(ctx, 'identity_link', person.user_id),
      challenge: await issueToken(ctx, 'second_factor', person.user_id),
    }));
  let password = goodPassword;
  const signedInNow = () => signedIn(app, person, password);
  const ways: Record<string, (reset: string) => Promise<{ status: number }>> = {
    'changing the password': async () => {
      const [browser, current_password] = [await signedInNow(), password];
      password = newPassword;
      return browser.send('PUT', '/api/v1/password', { current_password, password }, fromPage);
    },
    'resetting the password': async (token) => {
      password = 'eight yellow lanterns';
      return post('/api/v1/password-resets/completion', { token, password });
    },
    'signing out all other devices': async () =>
      (await signedInNow()).send('DELETE', '/api/v1/sessions', undefined, fromPage),
    'being signed out by an administrator': () => api('DELETE', `/api/v1/users/${person.user_id}/sessions`),
  };
  for (const [way, act] of Object.entries(ways)) {
    const links = await issueLinks();
    assert.equal((await act(links.reset)).status, 204, way);
    const uses = [
      post('/api/v1/password-resets/completion', { token: links.reset, password: 'seven brown ladders' }),
      post('/api/v1/sign-in/link', { token: links.signIn }),
      post('/api/v1/sign-in/identity-link', { token: links.identity }),
      post('/api/v1/sign-in/second-factor', { challenge: links.challenge, code: '123456' }),
    ];
    assert.deepEqual(
      (await Promise.all(uses)).map(({ status }) => status),
      [410, 410, 410, 410],
      way,
    );
  }
});

test('a sign-in by the old password that is under way when a new one is set fails', async () => {
  const person = await makePerson(app, north, 'Rae Race');
  const set = `update user_password set hash = hash || ' of another' where user_id = $1`;
  const { status, body } = await whileChanging(app, set, [person.user_id], () =>
    post('/api/v1/sign-in', { email: person.email, password: goodPassword }),
  );
  assert.deepEqual([status, body.code], [401, 'sign_in_failed'], JSON.stringify(body));
  assert.deepEqual(await asOwner(app, 'select id from session where user_id = $1', [person.user_id]), []);
});

test('asking for a reset says nothing about who has an account, and a newer link replaces the older', async () => {
  const { email } = await makePerson(app, north, 'Dee Kay');
  const known = await post('/api/v1/password-resets', { email });
  const unknown = await post('/api/v1/password-resets', { email: 'nobody@people.example' });
  assert.deepEqual([known.status, known.body], [unknown.status, unknown.body]);
  const older = await mailedToken(email);
  await post('/api/v1/password-resets', { email });
  const newer = await mailedToken(email, 2);
  const complete = (token: string) => post('/api/v1/password-resets/completion', { token, password: newPassword });
  assert.equal((await complete(older)).status, 410);
  assert.equal((await complete(newer)).status, 204);
  assert.ok(sink.messages().every(({ to }) => !to.includes('nobody@people.example')));
});

test('nobody can be flooded with mails', async () => {
  const { email } = await makePerson(app, north, 'Eve Moe');
  for (let i = 0; i < 6; i++) await post('/api/v1/password-resets', { email });
  await mailedToken(email, 3);
  const later = await makePerson(app, north, 'Fay Roe');
  await post('/api/v1/password-resets', { email: later.email });
  await mailedToken(later.email);
  assert.equal(sink.messages().filter(({ to }) => to.includes(email)).length, 3);
});

test('each account gets one mail, tried for as long as other mails, though the mail server puts off that of another', async () => {
  const [one] = [
    await makePerson(app, north, 'Ida Twin'),
    await makePerson(app, await app.tenant('south'), 'Ida Twin'),
  ];
  let asked = 0;
  putOff = (address) => address === one.email && ++asked === 2;
  await post('/api/v1/password-resets', { email: one.email });
  await mailedToken(one.email, 2);
  await eventually(async () => {
    const left = await asOwner(
      app,
      `select from job where kind = 'password_reset' and state in ('scheduled', 'ready', 'running')`,
    );
    return left.length === 0;
  });
  putOff = () => false;
  const mails = sink.messages().filter(({ to }) => to.includes(one.email));
  assert.deepEqual(mails.map(({ subject }) => subject).toSorted(), [
    'Set a new password for north',
    'Set a new password for south',
  ]);
  for (const { text } of mails) {
    const [, token] = /password-reset#([\w-]+)/.exec(text)!;
    assert.equal((await post('/api/v1/password-resets/completion', { token, password: newPassword })).status, 204);
  }
  const tries = await asOwner(app, `select distinct attempts_max from job where kind = 'password_reset'`);
  assert.deepEqual(tries, [{ attempts_max: mail_attempts_max }]);
});

test('the link leads to the configured address, whatever the Host header says', async () => {
  const { email } = await makePerson(app, north, 'Gus Poe');
  await openBrowser(app.url).send('POST', '/api/v1/password-resets', { email }, { ...fromPage, host: 'evil.example' });
  await mailedToken(email);
  assert.ok(!JSON.stringify(sink.messages()).includes('evil.example'));
});

test('an address that an administrator wrote counts everywhere once its reader has confirmed it', async () => {
  const west = await app.tenant('west');
  const moved = await makePerson(app, west, 'Kim Voss');
  await makePerson(app, north, 'Kim Vogt');
  const password = 'other yellow tractors';
  const browser = await signedIn(app, moved);
  await browser.send('PUT', '/api/v1/password', { current_password: goodPassword, password }, fromPage);
  const email = 'kim.vogt@people.example';
  const { api } = await west.as('admin');
  assert.equal((await api('PATCH', `/api/v1/users/${moved.user_id}`, { email })).status, 200);
  const mail = await eventually(async () =>
    sink.messages().find(({ to, text }) => to.includes(email) && text.includes('/confirm-email#')),
  );
  const token = /confirm-email#([\w-]+)/.exec(mail.text)![1]!;
  assert.equal((await post('/api/v1/sign-in', { email, password })).status, 401);
  // A link to an address that is another by now confirms nothing.
  await api('PATCH', `/api/v1/users/${moved.user_id}`, { email: 'kim.other@people.example' });
  await eventually(async () =>
    sink.messages().some(({ to, text }) => to.includes('kim.other@people.example') && text.includes('/confirm-email#')),
  );
  assert.equal((await post('/api/v1/email-confirmations', { token })).status, 410);
  await api('PATCH', `/api/v1/users/${moved.user_id}`, { email });
  assert.equal((await post('/api/v1/sign-in', { email, password })).status, 401);
  const newest = await eventually(async () => {
    const mails = sink.messages().filter(({ to, text }) => to.includes(email) && text.includes('/confirm-email#'));
    return mails.length === 2 && mails[1];
  });
  const fresh = /confirm-email#([\w-]+)/.exec(newest.text)![1]!;
  assert.equal((await post('/api/v1/email-confirmations', { token: fresh })).status, 204);
  assert.equal((await post('/api/v1/sign-in', { email, password })).body.session?.user.id, moved.user_id);
  assert.equal((await post('/api/v1/email-confirmations', { token: fresh })).status, 410);
});

test('no event and no job holds a token or a hash', async () => {
  const tokens = sink.messages().flatMap(({ text }) => /#([\w-]{20,})/.exec(text)?.[1] ?? []);
  assert.ok(tokens.length > 0);
  const events = JSON.stringify(await auditOf(app, north));
  assert.ok(events.includes('reset_requested') && events.includes('[redacted]'));
  const jobs = JSON.stringify(await asOwner(app, 'select * from job'));
  assert.ok(jobs.includes('password_reset'));
  for (const secret of [...tokens, '$argon2']) assert.ok(!events.includes(secret) && !jobs.includes(secret));
});

test('where no mail goes out, whoever runs the installation makes the link', async () => {
  const person = await makePerson(app, north, 'Hal Voe');
  const { db } = app.app.services;
  const link = (email: string) =>
    withContext(db, systemActor(north.tenant_id), (ctx) => createPasswordLink(ctx, email));
  assert.equal(await link('nobody@people.example'), undefined);
  const token = await link(person.email.toUpperCase());
  const body = { token, password: newPassword };
  assert.equal((await post('/api/v1/password-resets/completion', body)).status, 204);
  assert.equal((await post('/api/v1/password-resets/completion', body)).status, 410);
  await signedIn(app, person, newPassword);
});
