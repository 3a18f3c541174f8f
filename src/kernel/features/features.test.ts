import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../../../test/harness/app.ts';
import { upload } from '../../../test/harness/import.ts';

const path = '/api/v1/tenant/features';
let app: TestApp;
before(async () => {
  app = await startTestApp();
});
after(() => app.stop());

test('a workspace switches a feature off and on; it is off there alone, with words, and the switch is audited', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const other = (await (await app.tenant()).as('admin')).api;
  const on = (body: { data: { name: string; on: boolean }[] }) =>
    body.data.filter((one) => one.on).map(({ name }) => name);
  assert.deepEqual(on((await api('GET', path)).body), ['imports', 'exports', 'api_keys']);

  const switched = await api('PATCH', path, { exports: false, api_keys: false });
  assert.deepEqual(on(switched.body), ['imports']);
  const off = async (who: typeof api) => (await who('GET', '/api/v1/session')).body.features_off;
  assert.deepEqual(
    [await off(api), await off((await tenant.as('member')).api), await off(other)],
    [['exports', 'api_keys'], ['exports', 'api_keys'], []],
  );
  const role_id = (await api('GET', '/api/v1/roles')).body.data[0].id;
  for (const answer of [
    await api('GET', '/api/v1/contacts/export.csv'),
    await api('POST', '/api/v1/exports', { resource: 'contact' }),
    await api('POST', '/api/v1/api-keys', { name: 'new', role_id }),
  ]) {
    assert.deepEqual([answer.status, answer.body.code], [403, 'feature_off']);
    assert.match(answer.body.detail, /an administrator can switch it on/);
  }
  assert.equal((await other('GET', '/api/v1/contacts/export.csv')).status, 200);
  assert.equal((await upload(api, [['a.csv', 'Email\na@b.example\n']])).status, 201);

  const [event] = (await api('GET', '/api/v1/audit-events?resource=tenant&limit=1')).body.data;
  assert.deepEqual(
    [event.before, event.after],
    [{ features: { exports: true, api_keys: true } }, { features: { exports: false, api_keys: false } }],
  );
  await api('PATCH', path, { exports: true });
  assert.equal((await api('GET', '/api/v1/contacts/export.csv')).status, 200);
});

test('only who may change the workspace switches, and only what there is', async () => {
  const tenant = await app.tenant();
  const { api } = await tenant.as('admin');
  const member = (await tenant.as('member')).api;
  assert.equal((await member('GET', path)).status, 200);
  assert.equal((await member('PATCH', path, { imports: false })).status, 403);
  assert.equal((await api('PATCH', path, { nonsense: true })).status, 422);
  assert.equal((await api('PATCH', path, { imports: 'no' })).status, 422);
});

test('what the installation has switched off no workspace can switch on', async () => {
  const strict = await app.secondNode({ FEATURES_OFF: 'imports' });
  const { key } = await (await app.tenant()).as('admin');
  const ask = (method: string, where: string, body?: object) =>
    fetch(strict.address + where, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  const refused = await ask('GET', '/api/v1/imports');
  assert.equal(refused.status, 403);
  assert.match(await refused.text(), /this whole installation/);
  assert.equal((await ask('PATCH', path, { imports: true })).status, 422);
  const { data } = (await (await ask('GET', path)).json()) as {
    data: { name: string; locked: boolean; on: boolean }[];
  };
  assert.deepEqual(data.find(({ name }) => name === 'imports'), {
    name: 'imports', title: 'Imports', description: 'Taking in records from files', on: false, locked: true,
  }); // biome-ignore format: one record
});
