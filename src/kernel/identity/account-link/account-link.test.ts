import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TOTP } from 'otpauth';
import { startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import {
  asOwner,
  auditOf,
  type Browser,
  goodPassword,
  makePerson,
  openBrowser,
} from '../../../../test/harness/identity.ts';

const otherPassword = 'nine purple tractors';

let app: TestApp;
let north: TestTenant;
let south: TestTenant;
before(async () => {
  app = await startTestApp();
  [north, south] = [await app.tenant('north'), await app.tenant('south')];
});
after(() => app.stop());

const links = async (browser: Browser) => (await browser.send('GET', '/api/v1/account-links')).body.data;
const change = (browser: Browser, { tenant_id }: { tenant_id: string }, headers?: Record<string, string>) =>
  browser.send('POST', '/api/v1/session/workspace', { tenant_id }, headers);
const where = async (browser: Browser) => (await browser.send('GET', '/api/v1/session')).body.tenant?.name;

/** Somebody with an account in both workspaces, signed in to the first. */
async function person(name: string) {
  const [here, there] = [await makePerson(app, north, name), await makePerson(app, south, name)];
  return { here, there, browser: await signInAt('north', here.email) };
}

async function signInAt(workspace: string, email: string): Promise<Browser> {
  const browser = openBrowser(app.url);
  const answer = await browser.send('POST', '/api/v1/sign-in', { email, password: goodPassword, workspace });
  assert.equal(answer.body.outcome, 'signed_in', JSON.stringify(answer.body));
  return browser;
}

async function prove(browser: Browser, email: string, more: object = {}) {
  const proof = { email, password: goodPassword, workspace: 'south', ...more };
  return browser.send('POST', '/api/v1/account-links', proof);
}

/** The same, with both accounts linked. */
async function linked(name: string) {
  const made = await person(name);
  const answer = await prove(made.browser, made.there.email);
  assert.equal(answer.status, 204, JSON.stringify(answer.body));
  return made;
}

test('who proves both accounts changes between them, in one session at a time; both trails say so', async () => {
  const { here, there, browser } = await linked('Ann Lee');
  assert.deepEqual(await links(browser), [
    { tenant_id: south.tenant_id, title: 'south', name: 'Ann Lee', email: there.email },
  ]);
  const left = openBrowser(app.url);
  left.setCookie(browser.cookie()!);
  const answer = await change(browser, south);
  assert.deepEqual([answer.status, answer.body.session.tenant.name], [200, 'south']);
  assert.equal(await where(browser), 'south');
  assert.equal((await left.send('GET', '/api/v1/session')).status, 401, 'the session that was left has ended');
  assert.equal((await change(browser, north)).status, 200);
  assert.equal(await where(browser), 'north');
  for (const [tenant, { user_id }] of [
    [north, here],
    [south, there],
  ] as const) {
    const events = (await auditOf(app, tenant)).filter(({ actor_id }) => actor_id === user_id);
    assert.ok(
      events.some(({ action, after }) => action === 'sign_in' && (after as { method: string }).method === 'workspace'),
    );
    assert.ok(events.some(({ action }) => action === 'sign_out'));
    assert.ok(events.some(({ after }) => (after as { linked_account?: string } | null)?.linked_account));
  }
});

test('an equal address gives nothing, nor does an account that one cannot prove', async () => {
  const { there, browser } = await person('Bob Ray');
  assert.deepEqual(await links(browser), []);
  assert.equal((await change(browser, south)).status, 404);
  const wrong = await prove(browser, there.email, { password: otherPassword });
  assert.deepEqual([wrong.status, wrong.body.code], [401, 'sign_in_failed']);
  assert.deepEqual(await links(browser), []);
  assert.ok(
    (await auditOf(app, south)).some(
      ({ action, record_id }) => action === 'sign_in_failed' && record_id === there.user_id,
    ),
  );
  assert.equal((await change(browser, { tenant_id: crypto.randomUUID() })).status, 404);
  assert.equal((await change(openBrowser(app.url), south)).status, 401);
});

test('an account that has gone, or has no access any more, cannot be changed to, nor one unlinked', async () => {
  for (const end of [
    `update user_account set status = 'disabled' where id = $1`,
    `update user_account set access_until = now() - interval '1 day' where id = $1`,
    'delete from user_account where id = $1',
  ]) {
    const { there, browser } = await linked(`Cy ${end.length}`);
    await asOwner(app, end, [there.user_id]);
    assert.deepEqual(await links(browser), [], end);
    assert.equal((await change(browser, south)).status, 404, end);
    assert.equal(await where(browser), 'north', 'one stays where one is');
  }
  const { browser } = await linked('Dee Fox');
  assert.equal((await browser.send('DELETE', `/api/v1/account-links/${south.tenant_id}`)).status, 204);
  assert.equal((await change(browser, south)).status, 404);
});

test('who takes an account over gets none of the others of its owner: its links end', async () => {
  const admin = await south.signedIn('admin');
  for (const [name, takeOver] of [
    [
      'Eve One',
      async (id: string) => (await admin('PATCH', `/api/v1/users/${id}`, { email: 'mine@people.example' })).status,
    ],
    [
      'Eve Two',
      async (id: string) =>
        (await asOwner(app, `update user_password set hash = hash || 'x' where user_id = $1`, [id])) && 200,
    ],
    [
      'Eve Six',
      async (id: string) =>
        (await asOwner(
          app,
          `insert into passkey (tenant_id, user_id, name, credential_id, public_key)
      select tenant_id, id, 'x', sha256(id::text::bytea), '' from user_account where id = $1`,
          [id],
        )) && 200,
    ],
  ] as const) {
    // biome-ignore format: a table
    const { here, there } = await linked(name);
    const theirs = await signInAt('south', there.email);
    assert.deepEqual((await links(theirs)).length, 1);
    assert.equal(await takeOver(there.user_id), 200);
    assert.deepEqual(await asOwner(app, 'select from account_link where user_id = $1', [there.user_id]), [], name);
    assert.equal((await change(theirs, north)).status >= 400, true, name);
    assert.equal((await asOwner(app, 'select from account_link where user_id = $1', [here.user_id])).length, 1);
  }
  // A provider's administrator signs in as anybody of theirs.
  const { there } = await linked('Eve Ten');
  const theirs = await signInAt('south', there.email);
  await asOwner(app, `update session set method = 'provider' where user_id = $1`, [there.user_id]);
  assert.deepEqual(await links(theirs), []);
  assert.equal((await change(theirs, north)).status, 404);
  // Their own new password leaves them what they have.
  const { browser } = await linked('Eve Own');
  const changed = { current_password: goodPassword, password: otherPassword };
  const answer = await browser.send('PUT', '/api/v1/password', changed);
  assert.ok(answer.status < 300, JSON.stringify(answer.body));
  assert.equal((await links(browser)).length, 1);
});

test('the rules of the other workspace hold: its second factor is asked for, and a session lasts no longer than the one before', async () => {
  const { here, there, browser } = await person('Gus Hay');
  const theirs = await signInAt('south', there.email);
  const { secret } = (await theirs.send('POST', '/api/v1/second-factor/setup', {})).body;
  const totp = new TOTP({ secret });
  const code = (steps: number) => totp.generate({ timestamp: Date.now() + steps * 30_000 });
  assert.equal((await theirs.send('POST', '/api/v1/second-factor/confirmation', { code: code(-1) })).status, 201);
  assert.equal((await prove(browser, there.email)).body.code, 'second_factor_required');
  assert.equal((await prove(browser, there.email, { code: '000000' })).body.code, 'wrong_code');
  assert.equal((await prove(browser, there.email, { code: code(0) })).status, 204);

  await asOwner(app, `update session set expires_at = now() + interval '1 hour' where user_id = $1`, [here.user_id]);
  const asked = await change(browser, south);
  assert.equal(asked.body.outcome, 'second_factor_required', JSON.stringify(asked.body));
  assert.equal(await where(browser), 'north');
  const { challenge } = asked.body;
  const done = await browser.send('POST', '/api/v1/sign-in/second-factor', { challenge, code: code(1) });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal(await where(browser), 'south');
  const rest = await asOwner(
    app,
    `select user_id, expires_at < now() + interval '2 hours' as soon from session where method <> 'password' and user_id = any ($1)`,
    [[here.user_id, there.user_id]],
  );
  assert.deepEqual(rest, [{ user_id: there.user_id, soon: true }]);
  assert.deepEqual(await asOwner(app, 'select from session where user_id = $1', [here.user_id]), []);
});

test('a session that began by changing the workspace confirms nobody: what changes an account asks for more', async () => {
  const { browser, there } = await linked('Hal Ivy');
  await change(browser, south);
  const refused = await browser.send('POST', '/api/v1/passkeys/options', {});
  assert.deepEqual([refused.status, refused.body.code], [403, 'confirmation_needed']);
  assert.equal((await prove(browser, there.email)).body.code, 'confirmation_needed');
});

test('neither keys nor other sites change a workspace', async () => {
  const { browser } = await linked('Ida Jay');
  const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' };
  assert.equal((await change(browser, south, foreign)).status, 403);
  const answer = await browser.send('POST', '/api/v1/account-links', {}, foreign);
  assert.equal(answer.status, 403);
  assert.equal(await where(browser), 'north');
  const { api } = await north.as('admin');
  const body = { tenant_id: south.tenant_id };
  assert.equal((await api('POST', '/api/v1/session/workspace', body)).status, 403);
  assert.equal((await api('GET', '/api/v1/account-links')).status, 403);
});
