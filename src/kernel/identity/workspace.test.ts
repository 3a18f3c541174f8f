import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { auditOf, makePerson, signedIn } from '../../../test/harness/identity.ts';

let app: TestApp;
let north: TestTenant;
before(async () => {
  app = await startTestApp();
  north = await app.tenant('north');
});
after(() => app.stop());

test('a person changes name, language and time zone of their own, whatever the role, and nothing else', async () => {
  const browser = await signedIn(app, await makePerson(app, north, 'Ann Lee', 'contractor'));
  const { body: before, headers } = await browser.send('GET', '/api/v1/profile');
  assert.deepEqual([before.email, before.has_password], ['ann.lee@people.example', true]);
  const changes = { name: 'Ann Lee-Ode', locale: 'pt-BR', time_zone: 'America/Sao_Paulo' };
  const etag = { 'if-match': headers.get('etag')! };
  const changed = await browser.send('PATCH', '/api/v1/profile', changes, etag);
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  const { user } = (await browser.send('GET', '/api/v1/session')).body;
  assert.deepEqual(user, { ...changes, id: before.id, email: before.email });
  assert.equal((await browser.send('PATCH', '/api/v1/profile', { name: 'Late' }, etag)).status, 412);
  for (const body of [
    { email: 'x@people.example' },
    { status: 'active' },
    { time_zone: 'Mars/Base' },
    { locale: 'xx_!' },
  ])
    assert.equal((await browser.send('PATCH', '/api/v1/profile', body)).status, 422, JSON.stringify(body));
});

test('a time zone has any name that the IANA gives it, as far as the database knows it too', async () => {
  const browser = await signedIn(app, await makePerson(app, north, 'Zoe Zander'));
  const { api } = await (await app.tenant('zones')).as('admin');
  const today = encodeURIComponent(JSON.stringify({ field: 'created_at', op: 'within', value: 'today' }));
  for (const time_zone of [
    'Asia/Kolkata',
    'Asia/Calcutta',
    'Europe/Kyiv',
    'America/Port-au-Prince',
    'Etc/GMT-2',
    'UTC',
  ]) {
    assert.equal((await browser.send('PATCH', '/api/v1/profile', { time_zone })).status, 200, time_zone);
    assert.equal((await browser.send('GET', `/api/v1/contacts?filter=${today}`)).status, 200, time_zone);
    assert.equal((await api('PATCH', '/api/v1/tenant', { time_zone })).status, 200, time_zone);
  }
  // The last is known to Intl alone.
  for (const time_zone of ['+05:30', 'PST', 'Mars/Base', '/', 'Etc/Unknown', 'US/Pacific-New']) {
    assert.equal((await browser.send('PATCH', '/api/v1/profile', { time_zone })).status, 422, time_zone);
    assert.equal((await api('PATCH', '/api/v1/tenant', { time_zone })).status, 422, time_zone);
  }
});

test('an administrator changes the workspace, which leaves an event; others only read it', async () => {
  const { api } = await north.as('admin');
  const before = await api('GET', '/api/v1/tenant');
  const changed = await api('PATCH', '/api/v1/tenant', { title: 'North & Co', default_currency: 'CHF' });
  assert.deepEqual([changed.body.title, changed.body.default_currency], ['North & Co', 'CHF']);
  const stale = await api('PATCH', '/api/v1/tenant', { title: 'Late' }, { 'if-match': before.headers.get('etag')! });
  assert.equal(stale.status, 412);
  assert.equal((await api('PATCH', '/api/v1/tenant', { default_currency: 'ZZZ' })).status, 422);
  assert.equal((await api('PATCH', '/api/v1/tenant', { name: 'other' })).status, 422);
  const event = (await auditOf(app, north)).find(({ resource }) => resource === 'tenant')!;
  assert.deepEqual(event.before, { title: 'north', default_currency: 'USD' });
  assert.deepEqual(event.after, { title: 'North & Co', default_currency: 'CHF' });
  const member = await north.as('member');
  assert.equal((await member.api('GET', '/api/v1/tenant')).body.title, 'North & Co');
  assert.equal((await member.api('PATCH', '/api/v1/tenant', { title: 'Mine' })).status, 403);
});

test('a team has a manager and members, and is found by them', async () => {
  const { api } = await north.as('admin');
  const manager = await makePerson(app, north, 'Cy Tan', 'manager');
  const ben = await makePerson(app, north, 'Ben Ode');
  const { body: team } = await api('POST', '/api/v1/teams', {
    name: 'East',
    region: 'East',
    manager_id: manager.user_id,
  });
  assert.deepEqual(team.manager, { id: manager.user_id, name: 'Cy Tan' });
  const member = `/api/v1/teams/${team.id}/members/${ben.user_id}`;
  for (let twice = 0; twice < 2; twice++) {
    const { body } = await api('PUT', member);
    assert.deepEqual(body.members, [{ id: ben.user_id, name: 'Ben Ode' }]);
  }
  const filter = encodeURIComponent(JSON.stringify({ field: 'members', op: 'has', value: ben.user_id }));
  assert.equal((await api('GET', `/api/v1/teams?filter=${filter}`)).body.data[0].id, team.id);
  assert.equal((await api('PUT', `/api/v1/teams/${team.id}/members/${team.id}`)).status, 404, 'no such user');
  const { api: others } = await north.as('member');
  assert.equal((await others('DELETE', member)).status, 403);
  assert.deepEqual((await api('DELETE', member)).body.members, []);
  assert.equal((await api('DELETE', member)).status, 404);
});

test('a role of their own gives people just what it says, and cannot go while somebody has it', async () => {
  const { api } = await north.as('admin');
  const rights = { contact: { read: 'all' }, company: { read: 'own' } };
  const { body: role } = await api('POST', '/api/v1/roles', { name: 'Reader', rights });
  const { user_id, email } = await makePerson(app, north, 'Dee Kay', 'admin');
  await api('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [role.id] });
  const browser = await signedIn(app, { user_id, email });
  assert.deepEqual((await browser.send('GET', '/api/v1/session')).body.rights, rights);
  assert.equal((await browser.send('GET', '/api/v1/contacts')).status, 200);
  assert.equal((await browser.send('POST', '/api/v1/contacts', { given_name: 'X' })).status, 403);
  assert.equal((await api('DELETE', `/api/v1/roles/${role.id}`)).body.code, 'in_use');
  const filter = encodeURIComponent(JSON.stringify({ field: 'roles', op: 'has', value: role.id }));
  const { body: found } = await api('GET', `/api/v1/users?filter=${filter}`);
  assert.deepEqual(
    found.data.map((user: { id: string }) => user.id),
    [user_id],
  );
  await api('PUT', `/api/v1/users/${user_id}/roles`, { role_ids: [] });
  assert.equal((await api('DELETE', `/api/v1/roles/${role.id}`)).status, 204);
});
