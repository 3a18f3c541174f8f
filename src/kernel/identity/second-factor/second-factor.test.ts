import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import { TOTP } from 'otpauth';
import { client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import {
  asOwner,
  auditOf,
  type Browser,
  goodPassword,
  makePerson,
  openBrowser,
  signedIn,
  whileChanging,
} from '../../../../test/harness/identity.ts';

let app: TestApp;
let north: TestTenant;
before(async () => {
  app = await startTestApp();
  north = await app.tenant('north');
});
after(() => app.stop());

const step_ms = 30_000;

interface Protected {
  browser: Browser;
  email: string;
  user_id: string;
  recovery: string[];
  secret: string;
  /** A code of so many steps from now. */
  code(steps?: number): string;
}

/** Somebody with an app set up. Codes of the step of the set-up itself are used up. */
async function withSecondFactor(name: string, role = 'member'): Promise<Protected> {
  const person = await makePerson(app, north, name, role);
  const browser = await signedIn(app, person);
  const setup = await browser.send('POST', '/api/v1/second-factor/setup', {});
  assert.match(setup.body.uri, /^otpauth:\/\/totp\/Holdfast:/);
  const totp = new TOTP({ secret: setup.body.secret });
  const code = (steps = 0) => totp.generate({ timestamp: Date.now() + steps * step_ms });
  const confirmed = await browser.send('POST', '/api/v1/second-factor/confirmation', { code: code(-1) });
  assert.equal(confirmed.status, 201, JSON.stringify(confirmed.body));
  return { browser, ...person, recovery: confirmed.body.recovery_codes, secret: setup.body.secret, code };
}

async function challenged(email: string) {
  const browser = openBrowser(app.url);
  const answer = await browser.send('POST', '/api/v1/sign-in', { email, password: goodPassword });
  assert.equal(answer.body.outcome, 'second_factor_required');
  assert.equal(browser.cookie(), undefined, 'a password alone opens nothing');
  const answerWith = (given: object) =>
    browser.send('POST', '/api/v1/sign-in/second-factor', { challenge: answer.body.challenge, ...given });
  return { browser, answerWith };
}

test('with an app set up, a password needs its code, and each code works once', async () => {
  const ann = await withSecondFactor('Ann Lee');
  const first = await challenged(ann.email);
  const code = ann.code();
  const wrong = await first.answerWith({ code: '000000' });
  assert.deepEqual([wrong.status, wrong.body.code, wrong.body.errors[0].field], [401, 'wrong_code', 'code']);
  assert.doesNotMatch(JSON.stringify(wrong.body), /password/);
  const answer = await first.answerWith({ code });
  assert.equal(answer.body.outcome, 'signed_in', JSON.stringify(answer.body));
  assert.equal((await first.browser.send('GET', '/api/v1/session')).status, 200);

  const replay = await challenged(ann.email);
  assert.equal((await replay.answerWith({ code })).status, 401, 'the code that was used');
  assert.equal((await replay.answerWith({ code: ann.code(-1) })).status, 401, 'an older code');
  assert.equal((await replay.answerWith({ code: ann.code(1) })).body.outcome, 'signed_in', 'the next one');
});

test('codes go by the clock of the database, and none works again when that of a process is set back', async () => {
  const una = await withSecondFactor('Una Berg');
  const code = una.code();
  for (const [hours, status] of [
    [1, 200],
    [-1, 401],
  ] as const) {
    const { answerWith } = await challenged(una.email);
    mock.timers.enable({ apis: ['Date'], now: Date.now() + hours * 3_600_000 });
    try {
      assert.equal((await answerWith({ code })).status, status, `${hours}`);
    } finally {
      mock.timers.reset();
    }
  }
});

test('where a workspace asks everybody for a second factor, nothing works before there is one', async () => {
  const tenant = await app.tenant('strict');
  const { api } = await tenant.as('admin');
  const person = await makePerson(app, tenant, 'Sam Strict');
  const browser = await signedIn(app, person);
  const contacts = () => browser.send('GET', '/api/v1/contacts');
  assert.equal((await contacts()).status, 200);
  assert.equal((await api('PATCH', '/api/v1/tenant', { second_factor_required: true })).status, 200);
  const refused = await contacts();
  assert.deepEqual([refused.status, refused.body.code], [403, 'second_factor_missing']);
  assert.equal((await browser.send('GET', '/api/v1/events')).body.code, 'second_factor_missing');
  assert.equal((await browser.send('PUT', '/api/v1/password', { password: 'x' })).body.code, 'second_factor_missing');
  const later = await signedIn(app, person);
  assert.equal((await later.send('GET', '/api/v1/session')).body.second_factor_missing, true);
  const { secret } = (await later.send('POST', '/api/v1/second-factor/setup', {})).body;
  const code = new TOTP({ secret }).generate({ timestamp: Date.now() - step_ms });
  assert.equal((await later.send('POST', '/api/v1/second-factor/confirmation', { code })).status, 201);
  assert.equal((await later.send('GET', '/api/v1/session')).body.second_factor_missing, false);
  assert.equal((await later.send('GET', '/api/v1/contacts')).status, 200);
});

test('other processes let in whoever has set it up, at once, and ask anew when it is gone', async () => {
  const tenant = await app.tenant('several');
  const { api } = await tenant.as('admin');
  const person = await makePerson(app, tenant, 'Tess Two');
  assert.equal((await api('PATCH', '/api/v1/tenant', { second_factor_required: true })).status, 200);
  const node = await app.secondNode();
  const [browser, there] = [await signedIn(app, person), openBrowser(node.address!)];
  const isMissingThere = async () => {
    there.setCookie(browser.cookie()!);
    return (await there.send('GET', '/api/v1/session')).body.second_factor_missing;
  };
  const { cache } = node.services;
  const isCachedThere = () =>
    eventually(async () => {
      const before = cache.stats().hits;
      await isMissingThere();
      return cache.stats().hits > before;
    });
  assert.equal(await isMissingThere(), true);
  await isCachedThere();
  const { secret } = (await browser.send('POST', '/api/v1/second-factor/setup', {})).body;
  const code = new TOTP({ secret }).generate({ timestamp: Date.now() - step_ms });
  assert.equal((await browser.send('POST', '/api/v1/second-factor/confirmation', { code })).status, 201);
  assert.equal(await isMissingThere(), false);
  await isCachedThere();
  assert.equal((await api('DELETE', `/api/v1/users/${person.user_id}/second-factor`)).status, 204);
  await eventually(async () => (await isMissingThere()) === true, 10_000);
});

test('a session is confirmed by password or code before it makes credentials', async () => {
  const gil = await withSecondFactor('Gil Age');
  const roles = (await gil.browser.send('GET', '/api/v1/roles?limit=200')).body.data;
  const role_id = roles.find((role: { key: string }) => role.key === 'member').id;
  const makers = { '/api/v1/api-keys': { name: 'Key', role_id }, '/api/v1/calendar-feed': undefined };
  const age = () =>
    asOwner(app, `update session set created_at = now() - interval '1 hour', confirmed_at = null where user_id = $1`, [
      gil.user_id,
    ]);
  const confirm = (given: object) => gil.browser.send('POST', '/api/v1/session/confirmation', given);
  for (const given of [{ password: goodPassword }, { code: gil.code() }, { recovery_code: gil.recovery[0] }])
    for (const [path, body] of Object.entries(makers)) {
      await age();
      assert.equal((await gil.browser.send('POST', path, body)).body.code, 'confirmation_needed', path);
      if ('password' in given || path.includes('keys'))
        assert.equal((await confirm(given)).status, 204, JSON.stringify(given));
      else assert.equal((await confirm(given)).body.code, 'wrong_code', 'a code works once');
      if ('password' in given || path.includes('keys'))
        assert.equal((await gil.browser.send('POST', path, body)).status, 201, path);
    }
  assert.equal((await confirm({ password: 'not the password' })).body.code, 'wrong_password');
  assert.equal((await confirm({})).status, 422);
});

test('of many requests with one code at the same time one gets in', async () => {
  const ben = await withSecondFactor('Ben Ode');
  const code = ben.code();
  // Each sign-in replaces the challenge before, so all of them carry the last one.
  const { answerWith } = await challenged(ben.email);
  const answers = await Promise.all(Array.from({ length: 5 }, () => answerWith({ code })));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
});

test('the set-up counts only after a first code', async () => {
  const person = await makePerson(app, north, 'Cy Tan');
  const browser = await signedIn(app, person);
  await browser.send('POST', '/api/v1/second-factor/setup', {});
  const wrong = await browser.send('POST', '/api/v1/second-factor/confirmation', { code: '123456' });
  assert.equal(wrong.status, 422);
  assert.equal((await browser.send('GET', '/api/v1/second-factor')).body.totp, false);
  await signedIn(app, person);
});

test('a code confirms the set-up that it is of, not one that replaces it at the same moment', async () => {
  const person = await makePerson(app, north, 'Cyd Tan');
  const browser = await signedIn(app, person);
  const setup = await browser.send('POST', '/api/v1/second-factor/setup', {});
  const code = new TOTP({ secret: setup.body.secret }).generate();
  const replace = `update user_totp set sealed_secret = 'another' where user_id = $1`;
  const { status, body } = await whileChanging(app, replace, [person.user_id], () =>
    browser.send('POST', '/api/v1/second-factor/confirmation', { code }),
  );
  assert.deepEqual([status, body.code], [409, 'no_setup'], JSON.stringify(body));
  assert.equal((await browser.send('GET', '/api/v1/second-factor')).body.totp, false);
});

test('a recovery code works once, in the shape people type it', async () => {
  const dee = await withSecondFactor('Dee Kay');
  assert.equal(dee.recovery.length, 10);
  const [code] = dee.recovery as [string];
  const one = await challenged(dee.email);
  const typed = code.replaceAll('-', ' ').toUpperCase();
  assert.equal((await one.answerWith({ recovery_code: typed })).body.outcome, 'signed_in');
  const two = await challenged(dee.email);
  const spent = await two.answerWith({ recovery_code: code });
  assert.deepEqual([spent.status, spent.body.code, spent.body.errors[0].field], [401, 'wrong_code', 'recovery_code']);
  // Whether it was mistyped or used before is not known.
  assert.match(spent.body.errors[0].message, /Check it, or take another one/);
  const left = await one.browser.send('GET', '/api/v1/second-factor');
  assert.deepEqual(left.body, { totp: true, recovery_codes_left: 9 });
});

test('a code that comes too late is answered by what to do', async () => {
  const lea = await withSecondFactor('Lea Late');
  const late = await challenged(lea.email);
  await asOwner(app, `update one_time_token set expires_at = now() - interval '1 second' where user_id = $1`, [
    lea.user_id,
  ]);
  const answer = await late.answerWith({ code: lea.code() });
  assert.deepEqual([answer.status, answer.body.code], [410, 'sign_in_expired']);
  assert.match(answer.body.detail, /Sign in again/);
});

test('six digits cannot be tried through', async () => {
  const eve = await withSecondFactor('Eve Moe');
  const { answerWith } = await challenged(eve.email);
  for (let i = 0; i < 10; i++) await answerWith({ code: String(i).padStart(6, '0') });
  assert.equal((await answerWith({ code: eve.code() })).status, 429);
});

test('turning it on signs all other devices out and gives this one a new token', async () => {
  const person = await makePerson(app, north, 'Fay Roe');
  const [browser, other] = [await signedIn(app, person), await signedIn(app, person)];
  const before = browser.cookie();
  const setup = await browser.send('POST', '/api/v1/second-factor/setup', {});
  const code = new TOTP({ secret: setup.body.secret }).generate();
  await browser.send('POST', '/api/v1/second-factor/confirmation', { code });
  assert.notEqual(browser.cookie(), before);
  assert.equal((await browser.send('GET', '/api/v1/session')).status, 200);
  assert.equal((await other.send('GET', '/api/v1/session')).status, 401);
  const stolen = openBrowser(app.url);
  stolen.setCookie(before!);
  assert.equal((await stolen.send('GET', '/api/v1/session')).status, 401);
});

test('whoever finds a browser open cannot turn it off without the password', async () => {
  const { browser, user_id, email } = await withSecondFactor('Gus Poe');
  await asOwner(app, `update session set created_at = now() - interval '11 minutes' where user_id = $1`, [user_id]);
  const off = (body: object) => browser.send('POST', '/api/v1/second-factor/removal', body);
  assert.equal((await off({})).body.code, 'confirmation_needed');
  assert.equal((await off({ password: 'guess' })).body.code, 'wrong_password');
  assert.equal((await browser.send('POST', '/api/v1/second-factor/recovery-codes', {})).status, 403);
  assert.equal((await off({ password: goodPassword })).status, 204);
  await signedIn(app, { user_id, email });
});

test('managing users is no way around the confirmation: not for oneself, not for others, and not by the own key', async () => {
  const { browser, user_id } = await withSecondFactor('Jo Open', 'admin');
  const other = await withSecondFactor('Kit Other');
  const roles = (await browser.send('GET', '/api/v1/roles?limit=200')).body.data;
  const role_id = roles.find((role: { key: string }) => role.key === 'admin').id;
  const { key } = (await browser.send('POST', '/api/v1/api-keys', { name: 'Everything', role_id })).body;
  await asOwner(app, `update session set created_at = now() - interval '11 minutes' where user_id = $1`, [user_id]);
  const takeOver = async (send: Browser['send'], id: string, email: string) => [
    await send('PATCH', `/api/v1/users/${id}`, { email }),
    await send('DELETE', `/api/v1/users/${id}/second-factor`),
  ];
  const codes = async (...of: Parameters<typeof takeOver>) => (await takeOver(...of)).map(({ body }) => body.code);
  const statuses = async (...of: Parameters<typeof takeOver>) => (await takeOver(...of)).map(({ status }) => status);
  for (const id of [user_id, other.user_id])
    assert.deepEqual(await codes(browser.send, id, 'thief@elsewhere.example'), Array(2).fill('confirmation_needed'));
  const own = client(app.url, key);
  assert.deepEqual(await statuses(own, user_id, 'thief@elsewhere.example'), [403, 403]);
  const path = `/api/v1/users/${user_id}`;
  assert.equal((await browser.send('PATCH', path, { name: 'Jo Opener' })).status, 200, 'a name opens nothing');
  assert.equal((await browser.send('POST', '/api/v1/session/confirmation', { password: goodPassword })).status, 204);
  assert.deepEqual(await statuses(browser.send, other.user_id, 'kit.other@elsewhere.example'), [200, 204]);
  assert.deepEqual(await statuses(browser.send, user_id, 'jo.open@elsewhere.example'), [200, 204]);
});

test('an administrator can remove it for somebody who lost the device; a colleague cannot', async () => {
  const { user_id, email } = await withSecondFactor('Hal Fox');
  const path = `/api/v1/users/${user_id}/second-factor`;
  const colleague = await north.as('member');
  assert.equal((await colleague.api('DELETE', path)).status, 403);
  const admin = await north.as('admin');
  assert.equal((await admin.api('DELETE', path)).status, 204);
  await signedIn(app, { user_id, email });
});

test('neither database nor audit holds the secret or a recovery code', async () => {
  const { secret, recovery } = await withSecondFactor('Ida Lux');
  const events = JSON.stringify(await auditOf(app, north));
  assert.ok(events.includes('totp'));
  for (const text of [secret, ...recovery]) assert.ok(!events.includes(text));
});
