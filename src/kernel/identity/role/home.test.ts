import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type SharedTestApp, sharedTestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';

let app: SharedTestApp;
let tenant: TestTenant;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
});

test('a role says where the page opens: its own before one that comes with the program, which keeps its rights', async () => {
  const { api } = await tenant.as('admin');
  const member = await tenant.as('member', 'Mia');
  const home = async () => (await member.api('GET', '/api/v1/session')).body.home;
  assert.equal(await home(), null);
  const [preset] = (await api('GET', '/api/v1/roles?limit=200')).body.data.filter(
    (role: { key: string }) => role.key === 'member',
  );
  const set = (id: string, body: object) => api('PATCH', `/api/v1/roles/${id}`, body);
  assert.equal((await set(preset.id, { home: '/tasks' })).status, 200);
  assert.equal(await home(), '/tasks');
  assert.equal((await set(preset.id, { home: '/deals', rights: {} })).status, 409);
  const own = await api('POST', '/api/v1/roles', {
    name: 'Closer',
    home: '/deals',
    rights: { contact: { read: 'own' } },
  });
  assert.equal(own.status, 201, JSON.stringify(own.body));
  const given = await api('PUT', `/api/v1/users/${member.user_id}/roles`, { role_ids: [preset.id, own.body.id] });
  assert.ok(given.status < 300, JSON.stringify(given.body));
  assert.equal(await home(), '/deals');
  for (const wrong of ['deals', '//elsewhere.example', 'https://elsewhere.example', '/deals?x=1', '/../x'])
    assert.equal((await set(own.body.id, { home: wrong })).status, 422, wrong);
  assert.equal((await member.api('PATCH', `/api/v1/roles/${own.body.id}`, { home: null })).status, 403);
  assert.equal((await set(own.body.id, { home: null })).status, 200);
  assert.equal(await home(), '/tasks');
});

test('a scope may be written in any order of its kinds, and the API keeps it in one', async () => {
  const { api } = await tenant.as('admin');
  const made = await api('POST', '/api/v1/roles', {
    name: 'Any Order',
    rights: { contact: { read: 'own+household' } },
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual(made.body.rights.contact, { read: 'household+own' });
  // As somebody may have written it beside the API: it is shown as it stands.
  await asOwner(app, `update role set rights = '{"contact": {"read": "own+household"}}' where id = $1`, [made.body.id]);
  const { status, body } = await api('GET', '/api/v1/roles?limit=200');
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(body.data.find(({ id }: { id: string }) => id === made.body.id).rights, {
    contact: { read: 'own+household' },
  });
  assert.equal(
    (await api('PATCH', `/api/v1/roles/${made.body.id}`, { rights: { contact: { read: 'own+nobody' } } })).status,
    422,
  );
});
