import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { PoolClient } from 'pg';
import { type Answer, type Client, eventually, type SharedTestApp, sharedTestApp } from '../../../test/harness/app.ts';
import { countBlocked, makePerson, signedIn, systemClient } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

/** Sends a request that waits for a lock, and does something else meanwhile. */
async function whileWaiting(
  lock: string,
  request: () => Promise<Answer>,
  meanwhile: () => Promise<Answer>,
): Promise<Answer> {
  const other = await systemClient(app);
  try {
    await other.query('begin');
    await other.query(lock);
    const waiting = request();
    await eventually(async () => (await countBlocked(other)) > 0);
    const { status, body } = await meanwhile();
    assert.ok(status < 300, JSON.stringify(body));
    await other.query('commit');
    return await waiting;
  } finally {
    await other.end();
  }
}

const rights = { contact: { read: 'all', update: 'all' }, webhook: { read: 'all' } };

/** A workspace with a contact, and somebody with a role of their own. */
async function workspace() {
  const tenant = await app.tenant();
  const { api: admin } = await tenant.as('admin');
  const { id } = (await admin('POST', '/api/v1/contacts', { given_name: 'Ada' })).body;
  const role = (await admin('POST', '/api/v1/roles', { name: 'Own', rights })).body;
  const person = await makePerson(app, tenant, 'Worker', role.key);
  const worker = await signedIn(app, person);
  const path = `/api/v1/contacts/${id}`;
  const city = async () => (await admin('GET', path)).body.city;
  const lock = `select from contact where id = '${id}' for update`;
  const change = (by: Client = worker.send) => by('PATCH', path, { city: 'Rome' });
  const give = (now: object) => admin('PATCH', `/api/v1/roles/${role.id}`, { rights: now });
  return { admin, person, role, worker, lock, change, city, give };
}

test('what waits while its caller is shut out, signed out or their key is revoked is not done', async () => {
  const { admin, person, role, worker, lock, change, city } = await workspace();
  const key = (await admin('POST', '/api/v1/api-keys', { name: 'Key', role_id: role.id })).body;
  const revoke = () => admin('DELETE', `/api/v1/api-keys/${key.id}`);
  const byKey = await whileWaiting(lock, () => change(app.client(key.key)), revoke);
  assert.deepEqual([byKey.status, await city()], [401, null], JSON.stringify(byKey.body));
  const device = await signedIn(app, person);
  const signedOut = await whileWaiting(
    lock,
    () => change(device.send),
    () => worker.send('DELETE', '/api/v1/sessions'),
  );
  assert.deepEqual([signedOut.status, await city()], [401, null], JSON.stringify(signedOut.body));
  const shutOut = await whileWaiting(lock, change, () => admin('POST', `/api/v1/users/${person.user_id}/deactivation`));
  assert.deepEqual([shutOut.status, await city()], [401, null], JSON.stringify(shutOut.body));
});

test('what waits while rights change is done with those of now', async () => {
  const { worker, lock, change, city, give } = await workspace();
  const narrowed = await whileWaiting(lock, change, () => give({ ...rights, contact: { read: 'all' } }));
  assert.deepEqual([narrowed.status, narrowed.body.code, await city()], [403, 'forbidden', null]);
  assert.equal((await give(rights)).status, 200);
  const list = () => worker.send('GET', '/api/v1/webhooks');
  assert.equal((await list()).status, 200);
  const unread = await whileWaiting('lock table webhook in access exclusive mode', list, () =>
    give({ contact: rights.contact }),
  );
  assert.equal(unread.status, 403, JSON.stringify(unread.body));
  const widened = await whileWaiting(lock, change, () => give({ ...rights, tag: { read: 'all' } }));
  assert.deepEqual([widened.status, await city()], [200, 'Rome'], JSON.stringify(widened.body));
});

test('a repeat that waits while rights change is answered by those of now, not as the first time', async () => {
  const { worker, lock, city, give } = await workspace();
  const path = `/api/v1/contacts/${/'(.*)'/.exec(lock)![1]}`;
  const repeat = () => worker.send('PATCH', path, { city: 'Rome' }, { 'idempotency-key': 'waits' });
  assert.deepEqual([(await repeat()).status, await city()], [200, 'Rome']);
  const narrowed = await whileWaiting(lock, repeat, () => give({ contact: { read: 'all' } }));
  assert.deepEqual([narrowed.status, narrowed.body.code], [403, 'forbidden'], JSON.stringify(narrowed.body));
});

test('who has waited is looked up again though every other connection is taken', async () => {
  const { lock, change, city, give } = await workspace();
  const { pool } = app.app.services.db;
  const taken: PoolClient[] = [];
  const widened = await whileWaiting(lock, change, async () => {
    const given = await give({ ...rights, tag: { read: 'all' } });
    for (let n = 1; n < pool.options.max; n++) taken.push(await pool.connect());
    return given;
  }).finally(() => {
    for (const client of taken) client.release();
  });
  assert.deepEqual([widened.status, await city()], [200, 'Rome'], JSON.stringify(widened.body));
});

test('of two administrators who disable each other at the same moment one stays, though there is a third', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const [one, two] = [await makePerson(app, tenant, 'One', 'admin'), await makePerson(app, tenant, 'Two', 'admin')];
  const disable = (by: Client, { user_id }: { user_id: string }) => by('POST', `/api/v1/users/${user_id}/deactivation`);
  const [mine, theirs] = [await signedIn(app, one), await signedIn(app, two)];
  const lock = `select from user_account where id = '${one.user_id}' for no key update`;
  const late = await whileWaiting(lock, () => disable(theirs.send, one), () => disable(mine.send, two)); // biome-ignore format: one line
  assert.equal(late.status, 401, JSON.stringify(late.body));
  assert.equal((await api('GET', `/api/v1/users/${one.user_id}`)).body.status, 'active');
});
