import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { client, eventually, startTestApp, type TestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner, type Browser, makePerson, openBrowser, signedIn } from '../../../../test/harness/identity.ts';

const revoked_ms_max = 1_000;

let app: TestApp;
let north: TestTenant;
let otherNode: string;
before(async () => {
  app = await startTestApp();
  north = await app.tenant('north');
  otherNode = (await app.secondNode()).address!;
});
after(() => app.stop());

const status = async (browser: Browser) => (await browser.send('GET', '/api/v1/session')).status;

/** The same cookie on the other node. */
function onOtherNode(browser: Browser): Browser {
  const twin = openBrowser(otherNode);
  twin.setCookie(browser.cookie()!);
  return twin;
}

/** A caller that never pauses keeps what its node knows as fresh as it gets; how long it is let in after `revoke`. */
async function msUntilRefused(call: () => Promise<number>, revoke: () => Promise<unknown>): Promise<number> {
  assert.equal(await call(), 200);
  await revoke();
  const start = performance.now();
  await eventually(async () => (await call()) === 401, 3_000);
  return performance.now() - start;
}

test('a session ended on one node is refused on the other within a second', async () => {
  const ann = await makePerson(app, north, 'Ann Lee');
  const [laptop, phone] = [await signedIn(app, ann), await signedIn(app, ann)];
  const elsewhere = onOtherNode(phone);
  const { body } = await laptop.send('GET', '/api/v1/sessions');
  const target = body.data.find((device: { current: boolean }) => !device.current);
  const ms = await msUntilRefused(
    () => status(elsewhere),
    () => laptop.send('DELETE', `/api/v1/sessions/${target.id}`),
  );
  assert.ok(ms < revoked_ms_max, `${ms} ms`);
  assert.equal(await status(phone), 401, 'the node that ended it refuses at once');
  assert.equal(await status(laptop), 200);
});

test('an API key revoked on one node is refused on the other within a second', async () => {
  const admin = await north.as('admin');
  const made = await admin.api('POST', '/api/v1/api-keys', { name: 'robot', role_id: await roleId('viewer') });
  assert.equal(made.status, 201);
  const robot = client(otherNode, made.body.key);
  const ms = await msUntilRefused(
    async () => (await robot('GET', '/api/v1/session')).status,
    () => admin.api('DELETE', `/api/v1/api-keys/${made.body.id}`),
  );
  assert.ok(ms < revoked_ms_max, `${ms} ms`);
});

test('a disabled user is out on every node within a second, sessions and keys alike, and back only with a new sign-in', async () => {
  const admin = await north.as('admin');
  const ben = await makePerson(app, north, 'Ben Ode');
  const browser = await signedIn(app, ben);
  const key = await browser.send('POST', '/api/v1/api-keys', { name: 'mine', role_id: await roleId('member') });
  const robot = client(otherNode, key.body.key);
  const elsewhere = onOtherNode(browser);
  const both = async () => {
    const [cookie, bearer] = await Promise.all([status(elsewhere), robot('GET', '/api/v1/session')]);
    return cookie === 401 && bearer.status === 401 ? 401 : 200;
  };
  const ms = await msUntilRefused(both, () => admin.api('POST', `/api/v1/users/${ben.user_id}/deactivation`));
  assert.ok(ms < revoked_ms_max, `${ms} ms`);
  const refused = await openBrowser(app.url).send('POST', '/api/v1/sign-in', { email: ben.email, password: 'x' });
  assert.equal(refused.status, 401);
  await admin.api('DELETE', `/api/v1/users/${ben.user_id}/deactivation`);
  assert.equal(await status(elsewhere), 401, 'the old session does not come back');
  assert.equal(await status(await signedIn(app, ben)), 200);
});

test('a role taken away is gone on the other node within a second', async () => {
  const admin = await north.as('admin');
  const cy = await makePerson(app, north, 'Cy Tan', 'manager');
  const elsewhere = onOtherNode(await signedIn(app, cy));
  const read = async () => {
    const { body } = await elsewhere.send('GET', '/api/v1/session');
    return body.rights.contact?.delete === 'all' ? 200 : 401;
  };
  const change = () => admin.api('PUT', `/api/v1/users/${cy.user_id}/roles`, { role_ids: [] });
  assert.ok((await msUntilRefused(read, change)) < revoked_ms_max);
  await eventually(async () => (await elsewhere.send('GET', '/api/v1/users')).status === 403, revoked_ms_max);
});

test('a session ends after 7 days without use and after 30 days in any case', async () => {
  const dee = await makePerson(app, north, 'Dee Kay');
  const idle = await signedIn(app, dee);
  const old = await signedIn(app, dee);
  const good = await signedIn(app, dee);
  const ids = await Promise.all([idle, old].map(async (b) => (await current(b)).id));
  await asOwner(app, `update session set last_seen_at = now() - interval '7 days 1 minute' where id = $1`, [ids[0]]);
  await asOwner(app, `update session set expires_at = now() - interval '1 minute' where id = $1`, [ids[1]]);
  for (const browser of [idle, old]) await eventually(async () => (await status(browser)) === 401, revoked_ms_max);
  assert.equal(await status(good), 200);
});

test('use is noted, once a minute at most', async () => {
  const browser = await signedIn(app, await makePerson(app, north, 'Eve Moe'));
  const { id } = await current(browser);
  const seen = async () => (await current(browser)).last_seen_at;
  await asOwner(app, `update session set last_seen_at = now() - interval '59 seconds' where id = $1`, [id]);
  const before = await eventually(async () => {
    await new Promise((resolve) => setTimeout(resolve, 450));
    return seen();
  });
  assert.ok(Date.now() - Date.parse(before) > 50_000, 'within the minute nothing is written');
  await asOwner(app, `update session set last_seen_at = now() - interval '61 seconds' where id = $1`, [id]);
  await eventually(async () => Date.now() - Date.parse(await seen()) < 10_000);
});

test('devices are listed with what a person knows them by, and all others can be ended at once', async () => {
  const fay = await makePerson(app, north, 'Fay Roe');
  const here = await signedIn(app, fay);
  const there = await signedIn(app, fay);
  const device = await current(here);
  assert.equal(device.browser, 'Chrome 141');
  assert.equal(device.os, 'Windows');
  assert.equal(device.device_type, 'desktop');
  assert.equal(device.ip, '127.0.0.1');
  assert.equal(device.method, 'password');
  assert.equal((await here.send('GET', '/api/v1/sessions')).body.data.length, 2);
  assert.equal((await here.send('DELETE', '/api/v1/sessions')).status, 204);
  assert.equal(await status(there), 401);
  assert.deepEqual(
    (await here.send('GET', '/api/v1/sessions')).body.data.map((d: { current: boolean }) => d.current),
    [true],
  );
});

test("another person's session can be neither seen nor ended, save by an administrator", async () => {
  const gus = await signedIn(app, await makePerson(app, north, 'Gus Poe'));
  const hal = await makePerson(app, north, 'Hal Fox');
  const victim = await signedIn(app, hal);
  const { id } = await current(victim);
  assert.equal((await gus.send('DELETE', `/api/v1/sessions/${id}`)).status, 404);
  assert.equal((await gus.send('DELETE', `/api/v1/users/${hal.user_id}/sessions`)).status, 403);
  assert.equal(await status(victim), 200);
  const admin = await north.as('admin');
  assert.equal((await admin.api('DELETE', `/api/v1/users/${hal.user_id}/sessions`)).status, 204);
  assert.equal(await status(victim), 401);
});

test('a change that names another person than is signed in is refused', async () => {
  const mia = await makePerson(app, north, 'Mia Own');
  const nia = await makePerson(app, north, 'Nia Next');
  const browser = await signedIn(app, nia);
  const add = (user: string) => browser.send('POST', '/api/v1/contacts', { given_name: user }, { 'acting-user': user });
  const refused = await add(mia.user_id);
  assert.deepEqual([refused.status, refused.body.code], [401, 'somebody_else']);
  assert.equal((await add(nia.user_id)).status, 201);
  const made = (await browser.send('GET', '/api/v1/contacts')).body.data.map(
    (contact: { name: string }) => contact.name,
  );
  assert.deepEqual([made.includes(mia.user_id), made.includes(nia.user_id)], [false, true]);
});

test('whatever is asked as another person than is signed in is refused, reads and streams too', async () => {
  const ole = await makePerson(app, north, 'Ole Own', 'admin');
  const pia = await makePerson(app, north, 'Pia Next', 'admin');
  const browser = await signedIn(app, pia);
  const made = await browser.send('POST', '/api/v1/contacts', { given_name: 'Hers' });
  const reads = ['session', 'dashboards', 'contacts', `contacts/${made.body.id}`, 'search?q=hers', 'users', 'sessions'];
  for (const path of reads) {
    const as = (user: string) => browser.send('GET', `/api/v1/${path}`, undefined, { 'acting-user': user });
    const refused = await as(ole.user_id);
    assert.deepEqual([refused.status, refused.body.code], [401, 'somebody_else'], path);
    assert.equal((await as(pia.user_id)).status, 200, path);
  }
  const headers = { cookie: `__Host-holdfast=${browser.cookie()}`, 'sec-fetch-site': 'same-origin' };
  const status = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${app.url}/api/v1/${path}`, { ...init, headers: { ...headers, ...init.headers } });
    await answer.body?.cancel();
    return answer.status;
  };
  const upload = (user: string) => {
    const body = new FormData();
    body.append('file', new File(['Name\nAda\n'], 'a.csv'));
    return status('imports', { method: 'POST', body, headers: { 'acting-user': user } });
  };
  assert.deepEqual([await upload(ole.user_id), await upload(pia.user_id)], [401, 201]);
  // A browser opens these by their address, and sets no header.
  for (const path of ['events', 'contacts/export.csv', `contacts/${made.body.id}/vcard`]) {
    assert.equal(await status(`${path}?acting_user=${ole.user_id}`), 401, path);
    assert.equal(await status(`${path}?acting_user=${pia.user_id}`), 200, path);
  }
  assert.equal(await status(`contacts?acting_user=${pia.user_id}`), 422, 'there the header says it');
});

test('a bad key never falls back to the cookie beside it', async () => {
  const browser = await signedIn(app, await makePerson(app, north, 'Ida Lux'));
  for (const authorization of ['Bearer hf_nonsense', 'Basic YTpi', 'Bearer ']) {
    const answer = await browser.send('GET', '/api/v1/session', undefined, { authorization });
    assert.equal(answer.status, 401, authorization);
  }
});

test('a key that has expired is refused, and its last use is shown', async () => {
  const admin = await north.as('admin');
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  const request = { name: 'short', role_id: await roleId('viewer'), expires_at };
  const { body: made } = await admin.api('POST', '/api/v1/api-keys', request);
  const robot = client(app.url, made.key);
  assert.equal((await robot('GET', '/api/v1/session')).status, 200);
  const { body: shown } = await admin.api('GET', `/api/v1/api-keys/${made.id}`);
  assert.ok(Date.now() - Date.parse(shown.last_used_at) < 10_000);
  assert.equal(shown.key, undefined);
  await asOwner(app, `update api_key set expires_at = now() - interval '1 second' where id = $1`, [made.id]);
  await eventually(async () => (await robot('GET', '/api/v1/session')).status === 401, revoked_ms_max);
});

async function current(browser: Browser) {
  const { body } = await browser.send('GET', '/api/v1/sessions');
  return body.data.find((device: { current: boolean }) => device.current);
}

async function roleId(key: string): Promise<string> {
  const admin = await north.as('admin');
  const { body } = await admin.api('GET', '/api/v1/roles?limit=200');
  return body.data.find((role: { key: string }) => role.key === key).id;
}
