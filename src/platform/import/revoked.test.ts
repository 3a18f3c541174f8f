import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, eventually, startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { follow, upload } from '../../../test/harness/import.ts';

let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

const rows = 20_000;
const list = (header: string, last: string) =>
  `${header}\n${Array.from({ length: rows }, (_, at) => `${at},Ann ${at},${last}`).join('\n')}\n`;
const people = list('Record ID,First name,Last name', 'Lee');

const rights = {
  contact: { read: 'all', create: 'all', update: 'all' },
  import: { read: 'own', create: 'own', update: 'own' },
  file: { read: 'own', create: 'own' },
};

/** Starts a run as somebody, takes the rights away while it is on, and answers the import when it is over. */
async function interrupted(member: Client, admin: Client, take: () => Promise<unknown>, csv = people) {
  const { body } = await upload(member, [['people.csv', csv]]);
  assert.equal((await member('POST', `/api/v1/imports/${body.id}/runs`)).status, 202);
  const read = async () => (await admin('GET', `/api/v1/imports/${body.id}`)).body;
  await eventually(async () => (await read()).files[0].rows_done > 0);
  await take();
  const ended = await eventually(async () => {
    const now = await read();
    return now.state !== 'running' && now;
  });
  const [{ attempts }] = (await admin('GET', '/api/v1/jobs?kind=import.run')).body.data;
  assert.equal(attempts, 1, 'trying again would end the same way');
  return ended;
}

test('whoever is shut out or loses the right stops writing with the next batch, and somebody else can go on', async () => {
  const tenant = await app.tenant();
  const admin = (await tenant.as('admin')).api;
  const { api: leaver, user_id } = await tenant.as('member');
  const left = await interrupted(leaver, admin, async () => {
    const { status } = await admin('POST', `/api/v1/users/${user_id}/deactivation`);
    assert.ok(status < 300, String(status));
  });
  assert.equal(left.state, 'failed');
  assert.match(left.error, /may no longer do it/);
  const { total } = (await admin('GET', '/api/v1/contacts?limit=1&count=true')).body;
  assert.ok(left.files[0].counts.created < rows && total > 0);

  const whole = await follow(admin, left.id, 'runs');
  assert.deepEqual([whole.state, whole.files[0]!.counts.created], ['done', rows]);
});

test('a key that is revoked stops what it began, though its person may go on', async () => {
  const { api: admin } = await (await app.tenant()).as('admin');
  const roles = (await admin('GET', '/api/v1/roles?limit=100')).body.data;
  const role_id = roles.find(({ key }: { key: string }) => key === 'admin').id;
  const made = (await admin('POST', '/api/v1/api-keys', { name: 'Program', role_id })).body;
  const ended = await interrupted(app.client(made.key), admin, () => admin('DELETE', `/api/v1/api-keys/${made.id}`));
  assert.equal(ended.state, 'failed');
  assert.match(ended.error, /may no longer do it/);
  assert.ok(ended.files[0].counts.created < rows);
});

test('a role that loses its rights stops the run as well', async () => {
  const tenant = await app.tenant();
  const admin = (await tenant.as('admin')).api;
  const role = (await admin('POST', '/api/v1/roles', { name: 'Loaders', rights })).body;
  const { api: loader } = await tenant.as(role.key, 'loader');
  const ended = await interrupted(loader, admin, async () => {
    const { import: imports, file } = rights;
    const { status } = await admin('PATCH', `/api/v1/roles/${role.id}`, { rights: { import: imports, file } });
    assert.equal(status, 200);
  });
  assert.equal(ended.state, 'failed');
  assert.ok(ended.files[0].counts.created < rows);
});

test('who may no longer write notes adds none with the next batch of an import that has some', async () => {
  const tenant = await app.tenant();
  const admin = (await tenant.as('admin')).api;
  const note = { read: 'all', create: 'all' };
  const role = (await admin('POST', '/api/v1/roles', { name: 'Writers', rights: { ...rights, note } })).body;
  const { api: writer } = await tenant.as(role.key, 'writer');
  const take = async () => {
    const { status } = await admin('PATCH', `/api/v1/roles/${role.id}`, { rights });
    assert.equal(status, 200);
  };
  const ended = await interrupted(writer, admin, take, list('Record ID,First name,Notes', 'Likes tea'));
  assert.equal(ended.state, 'failed');
  assert.match(ended.error, /may no longer write notes/);
  assert.ok(ended.files[0].counts.created < rows);
});
