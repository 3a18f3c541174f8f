import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { TOTP } from 'otpauth';
import { client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { testKey } from '../../../../test/harness/cluster.ts';
import {
  asOwner,
  auditOf,
  type Browser,
  goodPassword,
  makeOperator,
  makePerson,
  openBrowser,
  signedIn,
  whileChanging,
} from '../../../../test/harness/identity.ts';
import { type Account, passProvider, startOpenIdProvider } from '../../../../test/harness/openid-provider.ts';
import { rightNames } from '../../access/rights.ts';
import { type MailSink, startMailSink } from '../../mail/sink.ts';

const origin = 'https://crm.example';
const client_secret = 'the secret of the client, kept sealed';

let app: TestApp;
let north: TestTenant;
let sink: MailSink;
let server: Server;
let issuer: string;
let present: Account;
before(async () => {
  sink = await startMailSink();
  const local = { ALLOW_PLAINTEXT: 'true', ALLOW_PRIVATE_NETWORKS: 'true' };
  app = await startTestApp({ SMTP_URL: sink.url, PUBLIC_URL: origin, ...local });
  north = await app.tenant('north');
  ({ server, issuer } = await startOpenIdProvider({ origin, client_secret, present: () => present }));
});
after(async () => {
  await app.stop();
  await sink.close();
  server.close();
});

async function addProvider(tenant: TestTenant, more: object = {}): Promise<string> {
  const { api } = await tenant.as('admin');
  const name = `Company ${Math.random()}`;
  const body = { name, kind: 'oidc', issuer, client_id: 'holdfast', client_secret, ...more };
  const made = await api('POST', '/api/v1/sign-in-providers', body);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  return made.body.id;
}

/** To the provider and back, as a browser walks; answers the address it is sent back to. */
async function walk(browser: Browser, provider_id: string, next = '/deals?view=mine'): Promise<string> {
  const start = await browser.send('GET', `/api/v1/sign-in/oidc/${provider_id}?next=${encodeURIComponent(next)}`);
  assert.equal(start.status, 303, JSON.stringify(start.body));
  return follow(start.headers.get('location')!);
}

const follow = (start: string) => passProvider(start, issuer, origin);

/** All the way; answers where the browser ends. */
async function signInAs(account: Account, provider_id: string, browser = openBrowser(app.url)) {
  present = account;
  const back = await browser.send('GET', await walk(browser, provider_id));
  assert.equal(back.status, 303, JSON.stringify(back.body));
  return { browser, back, to: back.headers.get('location') };
}

const account = (sub: string, email: string, email_verified = true): Account => ({ sub, email, email_verified });

/** Somebody whose account at the provider is connected, as its owner does it in the settings. */
async function connect(
  person: { user_id: string; email: string },
  provider_id: string,
  who: Account,
): Promise<Browser> {
  const browser = await signedIn(app, person);
  const begun = await browser.send('POST', '/api/v1/identities', { provider_id });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  present = who;
  const back = await browser.send('GET', await follow(begun.body.url));
  assert.equal(back.headers.get('location'), '/settings/security');
  return browser;
}

const linkMails = (email: string) =>
  sink.messages().filter(({ to, text }) => to.includes(email) && text.includes('/connect-account#'));

async function linkToken(email: string): Promise<string> {
  const [mail] = await eventually(async () => linkMails(email).length > 0 && linkMails(email));
  return /connect-account#([\w-]+)/.exec(mail!.text)![1]!;
}

test('an account with an owner is connected by a link to its confirmed address, and known by the subject from then on', async () => {
  const provider_id = await addProvider(north);
  const ann = await makePerson(app, north, 'Ann Lee');
  const first = await signInAs(account('subject-1', ann.email.toUpperCase()), provider_id);
  assert.equal(first.to, '/sign-in?problem=confirmation_sent');
  assert.equal(first.browser.cookie(), undefined, 'who only claims an address is not in');
  const token = await linkToken(ann.email);
  const confirm = () => openBrowser(app.url).send('POST', '/api/v1/sign-in/identity-link', { token });
  assert.equal((await confirm()).status, 204);
  assert.equal((await confirm()).status, 410);
  for (const email of [ann.email, 'new-address@people.example']) {
    const later = await signInAs(account('subject-1', email), provider_id);
    assert.equal(later.to, '/deals?view=mine');
    assert.equal((await later.browser.send('GET', '/api/v1/session')).body.user.id, ann.user_id);
  }
  const events = await auditOf(app, north);
  assert.ok(events.some(({ action, after }) => action === 'sign_in' && JSON.stringify(after).includes('provider')));
});

test('a link to connect ends with the address it was mailed to', async () => {
  const provider_id = await addProvider(north);
  const ivo = await makePerson(app, north, 'Ivo Moved');
  await signInAs(account('subject-i', ivo.email), provider_id);
  const token = await linkToken(ivo.email);
  const { api } = await north.as('admin');
  await api('PATCH', `/api/v1/users/${ivo.user_id}`, { email: 'ivo.elsewhere@people.example' });
  assert.equal((await openBrowser(app.url).send('POST', '/api/v1/sign-in/identity-link', { token })).status, 410);
});

test('a link to connect ends with the issuer whose account it is for', async () => {
  const provider_id = await addProvider(north);
  const iva = await makePerson(app, north, 'Iva Issuer');
  await signInAs(account('subject-iva', iva.email), provider_id);
  const token = await linkToken(iva.email);
  const changed = await (await north.signedIn('admin'))('PATCH', `/api/v1/sign-in-providers/${provider_id}`, {
    issuer: 'https://another.example',
    client_secret: null,
  });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.equal((await openBrowser(app.url).send('POST', '/api/v1/sign-in/identity-link', { token })).status, 410);
  const linked = await asOwner(app, 'select from external_identity where provider_id = $1', [provider_id]);
  assert.equal(linked.length, 0);
});

test('a link to connect is not used up while it connects nothing', async () => {
  const provider_id = await addProvider(north);
  const [ivy, bob] = [await makePerson(app, north, 'Ivy Again'), await makePerson(app, north, 'Bob Before')];
  await signInAs(account('subject-ivy', ivy.email), provider_id);
  const token = await linkToken(ivy.email);
  const confirm = () => openBrowser(app.url).send('POST', '/api/v1/sign-in/identity-link', { token });
  const browser = await connect(bob, provider_id, account('subject-ivy', 'elsewhere@people.example'));
  const refused = await confirm();
  assert.deepEqual([refused.status, refused.body.code], [409, 'connected_elsewhere']);
  assert.equal((await browser.send('DELETE', `/api/v1/identities/${provider_id}`)).status, 204);
  assert.equal((await confirm()).status, 204);
  assert.equal((await confirm()).status, 410);
});

test('a link to connect that names no issuer, as earlier releases made them, connects nothing', async () => {
  const provider_id = await addProvider(north);
  const eve = await makePerson(app, north, 'Eve Earlier');
  await signInAs(account('subject-eve', eve.email), provider_id);
  const token = await linkToken(eve.email);
  const { user_id } = eve;
  await asOwner(app, `update one_time_token set payload = payload - 'issuer' where user_id = $1`, [user_id]);
  for (const enabled of [true, false]) {
    await asOwner(app, 'update sign_in_provider set enabled = $2 where id = $1', [provider_id, enabled]);
    assert.equal((await openBrowser(app.url).send('POST', '/api/v1/sign-in/identity-link', { token })).status, 410);
  }
  assert.equal((await asOwner(app, 'select from external_identity where provider_id = $1', [provider_id])).length, 0);
});

test('no mail asks to connect where the address is not confirmed, and none floods a mailbox', async () => {
  const provider_id = await addProvider(north);
  const max = await makePerson(app, north, 'Max Moved');
  const { api } = await north.as('admin');
  await api('PATCH', `/api/v1/users/${max.user_id}`, { email: 'max.elsewhere@people.example' });
  const moved = await signInAs(account('subject-m', 'max.elsewhere@people.example'), provider_id);
  assert.equal(moved.to, '/sign-in?problem=not_connected');
  const una = await makePerson(app, north, 'Una Urm');
  for (let i = 0; i < 5; i++) await signInAs(account(`subject-u${i}`, una.email), provider_id);
  await eventually(async () => linkMails(una.email).length === 3);
  assert.equal(linkMails('max.elsewhere@people.example').length, 0);
});

test('whoever is signed in connects an account at a provider, in the same session and to nobody else', async () => {
  const provider_id = await addProvider(north);
  const [ben, cyd] = [await makePerson(app, north, 'Ben Ode'), await makePerson(app, north, 'Cyd Orr')];
  const browser = await connect(ben, provider_id, account('subject-9', 'private@elsewhere.example'));
  const { body } = await browser.send('GET', '/api/v1/identities');
  assert.equal(body.data.find((row: { provider_id: string }) => row.provider_id === provider_id).connected, true);
  const later = await signInAs(account('subject-9', 'private@elsewhere.example'), provider_id);
  assert.equal((await later.browser.send('GET', '/api/v1/session')).body.user.id, ben.user_id);
  const other = await signedIn(app, cyd);
  const begun = await other.send('POST', '/api/v1/identities', { provider_id });
  const callback = await follow(begun.body.url);
  assert.equal((await other.send('GET', callback)).headers.get('location'), '/sign-in?problem=connected_elsewhere');
  const again = await other.send('POST', '/api/v1/identities', { provider_id });
  present = account('subject-10', 'cyd@elsewhere.example');
  const second = await follow(again.body.url);
  await other.send('DELETE', '/api/v1/session');
  assert.equal((await other.send('GET', second)).headers.get('location'), '/sign-in?problem=sign_in_expired');
  assert.equal((await browser.send('DELETE', `/api/v1/identities/${provider_id}`)).status, 204);
  const gone = await signInAs(account('subject-9', 'private@elsewhere.example'), provider_id);
  assert.equal(gone.to, '/sign-in?problem=no_account');
});

test('a browser that comes back to a server whose clock is ahead of the one it began with is signed in', async (t) => {
  const provider_id = await addProvider(north);
  const fay = await makePerson(app, north, 'Fay Ahead');
  await connect(fay, provider_id, account('subject-ahead', fay.email));
  const browser = openBrowser(app.url);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() - 11 * 60_000 });
  const start = await browser.send('GET', `/api/v1/sign-in/oidc/${provider_id}?next=/`);
  t.mock.timers.reset();
  const back = await browser.send('GET', await follow(start.headers.get('location')!));
  assert.equal(back.headers.get('location'), '/');
});

test('a second factor is asked for after a provider, unless the provider is marked as asking itself', async () => {
  const provider_id = await addProvider(north);
  const dot = await makePerson(app, north, 'Dot Two');
  const browser = await connect(dot, provider_id, account('subject-11', dot.email));
  const { secret } = (await browser.send('POST', '/api/v1/second-factor/setup', {})).body;
  const code = (steps: number) => new TOTP({ secret }).generate({ timestamp: Date.now() + steps * 30_000 });
  await browser.send('POST', '/api/v1/second-factor/confirmation', { code: code(-1) });
  const asked = await signInAs(account('subject-11', dot.email), provider_id);
  assert.equal(asked.browser.cookie(), undefined);
  const challenge = /^\/sign-in\?next=%2Fdeals%3Fview%3Dmine#challenge=([\w-]+)$/.exec(asked.to!)?.[1];
  assert.ok(challenge, asked.to!);
  const done = await asked.browser.send('POST', '/api/v1/sign-in/second-factor', { challenge, code: code(0) });
  assert.equal(done.body.outcome, 'signed_in');
  const { api } = await north.as('admin');
  await api('PATCH', `/api/v1/sign-in-providers/${provider_id}`, { enforces_second_factor: true });
  assert.equal((await signInAs(account('subject-11', dot.email), provider_id)).to, '/deals?view=mine');
});

test('only administrators manage providers, however a role is composed', async () => {
  const provider_id = await addProvider(north);
  const { api } = await north.as('admin');
  const every = { read: 'all', create: 'all', update: 'all', delete: 'all' } as const;
  const nearlyAll = Object.fromEntries(
    rightNames()
      .filter((name) => name !== 'usage')
      .map((name) => [name, every]),
  );
  for (const rights of [{ sign_in_provider: every }, nearlyAll]) {
    const role = (await api('POST', '/api/v1/roles', { name: `Providers ${Object.keys(rights).length}`, rights })).body;
    const keeper = await makePerson(app, north, `Keeper ${Object.keys(rights).length}`, role.key);
    const browser = await signedIn(app, keeper);
    const body = { name: 'Mine', kind: 'oidc', issuer, client_id: 'holdfast' };
    const statuses = [
      await browser.send('POST', '/api/v1/sign-in-providers', body),
      await browser.send('PATCH', `/api/v1/sign-in-providers/${provider_id}`, { issuer: 'http://127.0.0.1:9' }),
      await browser.send('DELETE', `/api/v1/sign-in-providers/${provider_id}`),
    ].map(({ status }) => status);
    assert.deepEqual(statuses, [403, 403, 403]);
    assert.equal((await browser.send('GET', '/api/v1/sign-in-providers')).status, 200);
  }
  const admin = (await api('GET', '/api/v1/roles?limit=200')).body.data.find((r: { key: string }) => r.key === 'admin');
  const scopes = { sign_in_provider: every };
  const { key } = (await api('POST', '/api/v1/api-keys', { name: 'Narrow', role_id: admin.id, scopes })).body;
  assert.equal((await client(app.url, key)('DELETE', `/api/v1/sign-in-providers/${provider_id}`)).status, 403);
});

test('whoever finds the browser of an administrator open makes and changes no provider without the password', async () => {
  const provider_id = await addProvider(north);
  const admin = await makePerson(app, north, 'Olga Open', 'admin');
  const browser = await signedIn(app, admin);
  await asOwner(
    app,
    `update session set created_at = now() - interval '1 hour', confirmed_at = null where user_id = $1`,
    [admin.user_id],
  );
  const body = { name: 'Theirs', kind: 'oidc', issuer, client_id: 'holdfast' };
  const tries = async () => [
    await browser.send('POST', '/api/v1/sign-in-providers', body),
    await browser.send('PATCH', `/api/v1/sign-in-providers/${provider_id}`, { name: 'Renamed' }),
  ];
  assert.deepEqual((await tries()).map((answer) => answer.body.code), ['confirmation_needed', 'confirmation_needed']); // biome-ignore format: one call
  assert.equal((await browser.send('POST', '/api/v1/session/confirmation', { password: goodPassword })).status, 204);
  assert.deepEqual((await tries()).map(({ status }) => status), [201, 200]); // biome-ignore format: one call
});

test('an invited user accepts by coming in this way', async () => {
  const provider_id = await addProvider(north);
  const { api } = await north.as('admin');
  const { body: ben } = await api('POST', '/api/v1/users', { name: 'Ben', email: 'ben@people.example' });
  const { to } = await signInAs(account('subject-2', 'ben@people.example'), provider_id);
  assert.equal(to, '/deals?view=mine');
  assert.equal((await api('GET', `/api/v1/users/${ben.id}`)).body.status, 'active');
});

test('no provider of a workspace lets anybody in as an operator of the installation', async () => {
  const provider_id = await addProvider(north);
  const oda = await makePerson(app, north, 'Oda Operator');
  await asOwner(app, `insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    north.tenant_id,
    oda.user_id,
  ]);
  const { api } = await north.as('admin');
  const path = `/api/v1/users/${oda.user_id}`;
  const mails = linkMails(oda.email).length;
  // Neither invited, as whoever never signed in, nor active.
  for (const status of ['invited', 'active']) {
    await asOwner(app, 'update user_account set status = $2 where id = $1', [oda.user_id, status]);
    const { browser, to } = await signInAs(account('subject-o', oda.email), provider_id);
    assert.equal(to, '/sign-in?problem=operator_sign_in');
    assert.equal(browser.cookie(), undefined);
    assert.equal((await api('GET', path)).body.status, status);
  }
  assert.equal(linkMails(oda.email).length, mails, 'nor is a link sent that would connect the account');
  const browser = await signedIn(app, oda);
  const begun = await browser.send('POST', '/api/v1/identities', { provider_id });
  present = account('subject-o', oda.email);
  const back = await browser.send('GET', await follow(begun.body.url));
  assert.equal(back.headers.get('location'), '/sign-in?problem=operator_sign_in');
});

test('who is made an operator while a provider signs them in, or is connected, stays out', async () => {
  const provider_id = await addProvider(north);
  const [kim, lou] = [await makePerson(app, north, 'Kim Known'), await makePerson(app, north, 'Lou Linked')];
  present = account('subject-kim', kim.email);
  await connect(kim, provider_id, present);
  const browser = openBrowser(app.url);
  const signingIn = await walk(browser, provider_id);
  const asked = await signedIn(app, lou);
  const begun = await asked.send('POST', '/api/v1/identities', { provider_id });
  present = account('subject-lou', lou.email);
  const connecting = await follow(begun.body.url);
  // As `app.grant_operator` does, in a transaction that ends when the other one waits for it.
  const grant = `with granted as (insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test') returning *)
    select app.drop_planted_sign_ins(tenant_id, user_id) from granted`;
  for (const [who, by, callback] of [
    [kim, browser, signingIn],
    [lou, asked, connecting],
  ] as const) {
    const values = [north.tenant_id, who.user_id];
    const { headers } = await whileChanging(app, grant, values, () => by.send('GET', callback));
    assert.equal(headers.get('location'), '/sign-in?problem=operator_sign_in');
    const left = 'select from external_identity where tenant_id = $1 and user_id = $2';
    assert.equal((await asOwner(app, left, values)).length, 0);
  }
  assert.equal(browser.cookie(), undefined);
});

const operator = async (args: string[]) => {
  const data = await mkdtemp(join(tmpdir(), 'holdfast-provider-'));
  return promisify(execFile)(process.execPath, ['src/cli/main.ts', 'operator', ...args], {
    env: { PATH: process.env.PATH, HOLDFAST_DATA: data, DATABASE_URL: app.database.ownerUrl, HOLDFAST_KEY: testKey() },
  }).finally(() => rm(data, { recursive: true }));
};

test('an administrator with a provider of their own does not become operator by whoever is made one', async () => {
  const provider_id = await addProvider(north, { enforces_second_factor: true });
  const { api } = await north.as('admin');
  const { body: ned } = await api('POST', '/api/v1/users', { name: 'Ned', email: 'ned@people.example' });
  const ned_there = account('subject-ned', 'ned@people.example');
  const before = await signInAs(ned_there, provider_id);
  assert.equal(before.to, '/deals?view=mine');
  // What whoever came in so may leave, to come back by it.
  const password = { password: 'planted by the administrator' };
  assert.equal((await before.browser.send('PUT', '/api/v1/password', password)).status, 204);
  const setup = await before.browser.send('POST', '/api/v1/second-factor/setup', {});
  const code = new TOTP({ secret: setup.body.secret }).generate();
  assert.equal((await before.browser.send('POST', '/api/v1/second-factor/confirmation', { code })).status, 201);

  const granted = await operator(['grant', '--tenant', 'north', '--email', 'ned@people.example']);
  assert.match(
    granted.stdout,
    /1 connection\(s\) with an account at a provider.*1 second factor\(s\), 1 password\(s\)/,
  );
  assert.match(granted.stdout, /holdfast user password-link --tenant north --email ned@people\.example/);

  await eventually(async () => (await before.browser.send('GET', '/api/v1/session')).status === 401);
  const { browser, to } = await signInAs(ned_there, provider_id);
  assert.equal(to, '/sign-in?problem=operator_sign_in');
  assert.equal(browser.cookie(), undefined);
  const planted = { email: ned.email, ...password };
  assert.equal((await openBrowser(app.url).send('POST', '/api/v1/sign-in', planted)).status, 401);
});

test('an operator who signs in by password alone operates nothing until there is a second factor', async () => {
  const pat = await makePerson(app, north, 'Pat Password');
  await operator(['grant', '--tenant', 'north', '--email', pat.email]);
  const browser = await signedIn(app, pat);
  const looks = () => browser.send('GET', '/api/v1/installation/operators');
  const refused = await looks();
  assert.deepEqual([refused.status, refused.body.code], [403, 'second_factor_missing'], JSON.stringify(refused.body));
  assert.match(refused.body.detail, /Operators/);
  const { secret } = (await browser.send('POST', '/api/v1/second-factor/setup', { password: goodPassword })).body;
  const code = new TOTP({ secret }).generate();
  assert.equal((await browser.send('POST', '/api/v1/second-factor/confirmation', { code })).status, 201);
  assert.equal((await looks()).status, 200);
});

test('a provider that an operator made lets in operators, and no administrator of the workspace changes it', async () => {
  const olga = await makePerson(app, north, 'Olga Operator', 'admin');
  const ola = await makePerson(app, north, 'Ola Operator');
  for (const { user_id } of [olga, ola]) await makeOperator(app, { tenant_id: north.tenant_id, user_id });
  const hers = await signedIn(app, olga);
  await asOwner(app, 'update session set second_factor = true where user_id = $1', [olga.user_id]);
  const body = { name: 'Of operators', kind: 'oidc', issuer, client_id: 'holdfast', client_secret };
  const made = await hers.send('POST', '/api/v1/sign-in-providers', body);
  assert.deepEqual([made.status, made.body.by_operator], [201, true], JSON.stringify(made.body));
  const theirs = await signedIn(app, await makePerson(app, north, 'Mallory', 'admin'));
  const path = `/api/v1/sign-in-providers/${made.body.id}`;
  for (const change of [{ issuer: 'http://127.0.0.1:9', client_secret }, { client_id: 'mine' }, { enabled: false }]) {
    const refused = await theirs.send('PATCH', path, change);
    assert.deepEqual([refused.status, refused.body.code], [403, 'operator_provider'], JSON.stringify(refused.body));
  }
  assert.equal((await theirs.send('DELETE', path)).body.code, 'operator_provider');
  const own = await theirs.send('POST', '/api/v1/sign-in-providers', { ...body, name: 'Own', by_operator: true });
  assert.equal(own.status, 422, 'nobody says so of their own');
  await connect(ola, made.body.id, account('subject-ola', ola.email));
  const { browser, to } = await signInAs(account('subject-ola', ola.email), made.body.id);
  assert.equal(to, '/deals?view=mine');
  assert.equal((await browser.send('GET', '/api/v1/session')).body.operator, true);
});

test('who is unknown, unverified, of another domain or disabled stays out', async () => {
  const provider_id = await addProvider(north, { allowed_domains: ['people.example'] });
  const cy = await makePerson(app, north, 'Cy Tan');
  const dee = await makePerson(app, north, 'Dee Kay');
  const { api } = await north.as('admin');
  await api('POST', `/api/v1/users/${dee.user_id}/deactivation`);
  const cases: [Account, string][] = [
    [account('subject-3', 'nobody@people.example'), 'no_account'],
    [account('subject-4', cy.email, false), 'email_not_verified'],
    [account('subject-5', 'admin@north.example'), 'domain_not_allowed'],
    [account('subject-6', dee.email), 'no_account'],
  ];
  for (const [who, problem] of cases) {
    const { browser, to } = await signInAs(who, provider_id);
    assert.equal(to, `/sign-in?problem=${problem}`);
    assert.equal(browser.cookie(), undefined);
  }
});

test('whose access has ended stays out, is told so on the page, and it is recorded', async () => {
  const provider_id = await addProvider(north);
  const { api } = await north.as('admin');
  const eli = await makePerson(app, north, 'Eli End');
  await connect(eli, provider_id, account('subject-e', eli.email));
  const { body: fox } = await api('POST', '/api/v1/users', { name: 'Fox', email: 'fox@people.example' });
  const failures = async () => (await auditOf(app, north)).filter(({ action }) => action === 'sign_in_failed').length;
  const before = await failures();
  for (const [who, user_id] of [
    [account('subject-e', eli.email), eli.user_id],
    [account('subject-f', 'fox@people.example'), fox.id],
  ] as const) {
    const access_until = new Date(Date.now() - 1_000).toISOString();
    assert.equal((await api('PATCH', `/api/v1/users/${user_id}`, { access_until })).status, 200);
    const { browser, to } = await signInAs(who, provider_id);
    assert.equal(to, '/sign-in?problem=no_account');
    assert.equal(browser.cookie(), undefined);
  }
  assert.equal(await failures(), before + 2);
});

test('a provider of one workspace opens no other', async () => {
  const south = await app.tenant('south');
  const eve = await makePerson(app, south, 'Eve Moe');
  const { to } = await signInAs(account('subject-7', eve.email), await addProvider(north));
  assert.equal(to, '/sign-in?problem=no_account');
});

test('only the browser that began can finish, once, with the state it was given', async () => {
  const provider_id = await addProvider(north);
  const fay = await makePerson(app, north, 'Fay Roe');
  await connect(fay, provider_id, account('subject-8', fay.email));
  const browser = openBrowser(app.url);
  const callback = await walk(browser, provider_id);
  const victim = await openBrowser(app.url).send('GET', callback);
  assert.equal(victim.headers.get('location'), '/sign-in?problem=sign_in_expired');
  const forged = openBrowser(app.url);
  await walk(forged, provider_id);
  const crossed = await forged.send('GET', callback);
  assert.equal(crossed.headers.get('location'), '/sign-in?problem=provider_refused');
  assert.equal((await browser.send('GET', callback)).headers.get('location'), '/deals?view=mine');
  const again = await browser.send('GET', callback);
  assert.equal(again.headers.get('location'), '/sign-in?problem=sign_in_expired');
});

test('afterwards one is only ever sent to a page of this address', async () => {
  const provider_id = await addProvider(north);
  const elsewhere = [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    'javascript:alert(1)',
  ];
  for (const next of elsewhere) {
    const path = `/api/v1/sign-in/oidc/${provider_id}?next=${encodeURIComponent(next)}`;
    assert.equal((await openBrowser(app.url).send('GET', path)).status, 422, next);
  }
});

test('a provider that is unknown, disabled or silent is said so', async () => {
  const { api } = await north.as('admin');
  const disabled = await addProvider(north);
  const { status } = await api('PATCH', `/api/v1/sign-in-providers/${disabled}`, { enabled: false });
  assert.equal(status, 200);
  const silent = await addProvider(north, { issuer: 'http://127.0.0.1:9' });
  const begin = (id: string) => openBrowser(app.url).send('GET', `/api/v1/sign-in/oidc/${id}`);
  assert.equal((await begin(disabled)).headers.get('location'), '/sign-in?problem=provider_unknown');
  assert.equal((await begin(silent)).headers.get('location'), '/sign-in?problem=provider_unreachable');
});

test('connecting to a provider that does not answer, or not as one, is a 503 that says so', async (t) => {
  const odd = createServer((_, response) => {
    const address = `http://127.0.0.1:${(odd.address() as AddressInfo).port}`;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ issuer: address }));
  });
  odd.listen(0, '127.0.0.1');
  await once(odd, 'listening');
  t.after(() => odd.close());
  const browser = await signedIn(app, await makePerson(app, north, 'Dot Dow'));
  for (const issuer of ['http://127.0.0.1:9', `http://127.0.0.1:${(odd.address() as AddressInfo).port}`]) {
    const provider_id = await addProvider(north, { issuer });
    const { status, body, headers } = await browser.send('POST', '/api/v1/identities', { provider_id });
    assert.deepEqual([status, body.code], [503, 'provider_unreachable'], JSON.stringify(body));
    assert.equal(headers.get('retry-after'), '60');
    const begun = await openBrowser(app.url).send('GET', `/api/v1/sign-in/oidc/${provider_id}`);
    assert.equal(begun.headers.get('location'), '/sign-in?problem=provider_unreachable');
  }
});

test("the client's secret is sealed, never shown, and does not follow to another issuer", async () => {
  const id = await addProvider(north);
  const { api } = await north.as('admin');
  const path = `/api/v1/sign-in-providers/${id}`;
  const { body } = await api('GET', path);
  assert.equal(body.has_client_secret, true);
  assert.equal(body.client_secret, undefined);
  const moved = await api('PATCH', path, { issuer: 'http://127.0.0.1:9' });
  assert.equal(moved.body.errors?.[0].field, 'client_secret');
  const bare = await addProvider(north, { client_secret: undefined });
  const set = `update sign_in_provider set sealed_client_secret = 'sealed' where id = $1`;
  const late = await whileChanging(app, set, [bare], () =>
    api('PATCH', `/api/v1/sign-in-providers/${bare}`, { issuer: 'http://127.0.0.1:9' }),
  );
  assert.equal(late.body.errors?.[0].field, 'client_secret', 'nor one that is set at the same moment');
  const rows = JSON.stringify(await asOwner(app, 'select * from sign_in_provider'));
  const events = JSON.stringify(await auditOf(app, north));
  for (const text of [rows, events]) assert.ok(!text.includes(client_secret) && text.includes('127.0.0.1'));
});

test('the sign-in page is told of the providers that are enabled; members may not change them', async () => {
  const west = await app.tenant('west');
  const id = await addProvider(west, { name: 'Keys' });
  await addProvider(west, { name: 'Off', enabled: false });
  const { body } = await openBrowser(app.url).send('GET', '/api/v1/sign-in/options?workspace=west');
  assert.deepEqual(body.providers, [{ id, name: 'Keys', kind: 'oidc' }]);
  const member = await west.as('member');
  assert.equal((await member.api('GET', '/api/v1/sign-in-providers')).status, 403);
  assert.equal((await member.api('DELETE', `/api/v1/sign-in-providers/${id}`)).status, 403);
});

test('an issuer on the internet is reached with TLS, also where stores need none, and its address holds no password', async (t) => {
  const strict = await startTestApp({ ALLOW_PLAINTEXT: 'true' });
  t.after(() => strict.stop());
  const { api } = await (await strict.tenant('east')).as('admin');
  const body = { name: 'Plain', kind: 'oidc', issuer: 'http://login.example.com', client_id: 'holdfast' };
  const refused = await api('POST', '/api/v1/sign-in-providers', body);
  assert.deepEqual([refused.status, refused.body.errors[0].code], [422, 'plaintext']);

  const issuer = 'https://ada:hunter2@login.example.com';
  const named = await api('POST', '/api/v1/sign-in-providers', { ...body, issuer });
  assert.deepEqual(
    [named.status, named.body.errors[0].field, named.body.errors[0].code],
    [422, 'issuer', 'credentials'],
  );
  const { id } = (await api('POST', '/api/v1/sign-in-providers', { ...body, issuer: 'https://login.example.com' }))
    .body;
  const changed = await api('PATCH', `/api/v1/sign-in-providers/${id}`, { issuer });
  assert.deepEqual([changed.status, changed.body.errors[0].code], [422, 'credentials']);
});

test('without leave for private networks no provider inside is asked, also when its name only turns out to lead there', async (t) => {
  const strict = await startTestApp({ PUBLIC_URL: origin, ALLOW_PLAINTEXT: 'true' });
  t.after(() => strict.stop());
  const tenant = await strict.tenant('east');
  const { api } = await tenant.as('admin');
  const body = { name: 'Inside', kind: 'oidc', client_id: 'holdfast', issuer };
  const refused = await api('POST', '/api/v1/sign-in-providers', body);
  assert.deepEqual([refused.status, refused.body.errors[0].code], [422, 'private_address']);
  const id = await addProvider(tenant, { issuer: 'https://login.example.com' });
  await asOwner(strict, 'update sign_in_provider set issuer = $1', [issuer]);
  const begun = await openBrowser(strict.url).send('GET', `/api/v1/sign-in/oidc/${id}`);
  assert.equal(begun.headers.get('location'), '/sign-in?problem=provider_unreachable');
});
