import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Client,
  client,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';
import { asOwner, goodPassword, makePerson, openBrowser, signedIn } from '../../../../test/harness/identity.ts';
import { openStream } from '../../../../test/harness/stream.ts';
import { systemActor, withContext } from '../../tenancy/context.ts';
import { remainingRights } from './authority.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let admin: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  admin = (await tenant.as('admin')).api;
});

const roleId = async (key: string): Promise<string> =>
  (await admin('GET', '/api/v1/roles?limit=200')).body.data.find((role: { key: string }) => role.key === key).id;
const statusOf = async (browser: { send: (method: string, path: string) => Promise<{ status: number }> }) =>
  (await browser.send('GET', '/api/v1/session')).status;

test('access that ends by itself ends everywhere within a second', async () => {
  const person = await makePerson(app, tenant, 'Connie Contractor', 'contractor');
  const browser = await signedIn(app, person);
  const stream = await openStream(app.url, browser.cookie()!);
  const member = await makePerson(app, tenant, 'Temp Member', 'member');
  const temp = await signedIn(app, member);
  const made = await temp.send('POST', '/api/v1/api-keys', { name: 'temp', role_id: await roleId('member') });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const key = client(app.url, made.body.key);
  const keyStream = await openStream(app.url, made.body.key);
  const feed = await temp.send('POST', '/api/v1/calendar-feed');
  const calendar = new URL(feed.body.url ?? feed.body.address).pathname;
  assert.equal((await app.client()('GET', calendar)).status, 200);
  const hasRights = () =>
    withContext(app.app.services.db, systemActor(tenant.tenant_id), async (ctx) =>
      Object.keys(await remainingRights(ctx, member.user_id, { '*': 'all' })).length > 0,
    ); // biome-ignore format: one call
  assert.ok(await hasRights());

  const until = Date.now() + 2_500;
  for (const { user_id } of [person, member]) {
    const access_until = new Date(until).toISOString();
    const { status, body } = await admin('PATCH', `/api/v1/users/${user_id}`, { access_until });
    assert.equal(status, 200, JSON.stringify(body));
  }
  assert.deepEqual([await statusOf(browser), (await key('GET', '/api/v1/session')).status], [200, 200]);
  const ended = Promise.all([stream.ended, keyStream.ended]).then(() => Date.now());
  await delay(until - Date.now() + 500);
  assert.deepEqual(
    [await statusOf(browser), await statusOf(temp), (await key('GET', '/api/v1/session')).status],
    [401, 401, 401],
  );
  assert.ok((await ended) < until + 1_000, 'open pages');
  assert.equal((await app.client()('GET', calendar)).status, 404);
  // What sends in their name, such as webhooks, exports and mails, has no rights any more.
  assert.equal(await hasRights(), false);
  const refused = await openBrowser(app.url).send('POST', '/api/v1/sign-in', {
    email: person.email,
    password: goodPassword,
  });
  assert.notEqual(refused.body.outcome, 'signed_in');

  assert.equal((await admin('PATCH', `/api/v1/users/${person.user_id}`, { access_until: null })).status, 200);
  await signedIn(app, person);
});

test('nobody ends the access of the last administrator, nor extends their own', async () => {
  const { user_id } = await tenant.as('admin');
  const access_until = new Date(Date.now() + 60_000).toISOString();
  assert.equal((await admin('PATCH', `/api/v1/users/${user_id}`, { access_until })).status, 403);
  const other = await tenant.as('admin', 'Other Admin');
  assert.equal((await other.api('PATCH', `/api/v1/users/${user_id}`, { access_until })).status, 200);
  // The other one is the only one now whose access goes on.
  const system = await withContext(app.app.services.db, systemActor(tenant.tenant_id), ({ tx }) =>
    tx.one<{ last: boolean }>({
      text: 'select app.is_last_administrator($1) as last',
      values: [other.user_id],
    } as never),
  ).catch(() => undefined);
  if (system) assert.equal(system.last, true);
  assert.equal((await admin('PATCH', `/api/v1/users/${other.user_id}`, { access_until })).status, 409);
  assert.equal((await other.api('PATCH', `/api/v1/users/${user_id}`, { access_until: null })).status, 200);
});

test('roles are for one kind of account, and only members have the rights of members', async () => {
  const role = (name: string, rights: object, kind?: string) =>
    admin('POST', '/api/v1/roles', { name, rights, ...(kind && { kind }) });
  for (const rights of [
    { user: { read: 'all' } },
    { task: { read: 'all' } },
    { task: { read: 'team' } },
    { task: { delete: 'own' } },
    { tenant: { read: 'all' } },
    { tenant: { update: 'all' } },
    { webhook: { create: 'all' } },
  ]) {
    const { status, body } = await role('Too much', rights, 'customer');
    assert.equal(status, 422, JSON.stringify(rights));
    assert.match(JSON.stringify(body), /Only members/);
  }
  const guests = await role('Guests', { task: { read: 'own' } }, 'customer');
  assert.equal(guests.status, 201, JSON.stringify(guests.body));
  assert.equal((await role('Plain', { user: { read: 'all' } })).body.kind, 'member');
  const wider = await admin('PATCH', `/api/v1/roles/${guests.body.id}`, { rights: { user: { update: 'all' } } });
  assert.equal(wider.status, 422);
  assert.equal((await admin('PATCH', `/api/v1/roles/${guests.body.id}`, { kind: 'member' })).status, 422);

  const gus = await makePerson(app, tenant, 'Gus Guest', 'customer');
  const { user_id } = gus;
  const give = (to: string, ...role_ids: string[]) => admin('PUT', `/api/v1/users/${to}/roles`, { role_ids });
  assert.equal((await give(user_id, guests.body.id)).status, 200);
  assert.equal((await give(user_id, await roleId('viewer'))).status, 422);
  const member = await makePerson(app, tenant, 'Mel Member', 'viewer');
  assert.equal((await give(member.user_id, await roleId('viewer'), guests.body.id)).status, 422);
  const viewer = await roleId('viewer');
  await assert.rejects(
    asOwner(app, 'insert into user_role (tenant_id, user_id, role_id, kind) values ($1, $2, $3, $4)', [
      tenant.tenant_id,
      user_id,
      viewer,
      'customer',
    ]),
    /foreign key/,
  );
  assert.equal((await admin('PATCH', `/api/v1/users/${user_id}`, { kind: 'member' })).status, 422);

  // Whatever somebody writes into a role past the program, such as by an archive: nothing that only members have comes
  // of it.
  await asOwner(
    app,
    `update role set rights = '{"user": {"read": "all", "update": "all"}, "task": {"read": "all"}, "tenant": {"read": "all"}}'
      where id = $1`,
    [guests.body.id],
  );
  const guest = await signedIn(app, gus);
  const { body } = await guest.send('GET', '/api/v1/session');
  assert.deepEqual(body.rights, { task: { read: 'household+location+own+participant' } });
  assert.ok(body.tenant.title, 'what they need of the workspace');
  for (const path of ['users', 'tenant', 'features'])
    assert.equal((await guest.send('GET', `/api/v1/${path}`)).status, 403, path);
  assert.equal((await guest.send('GET', '/api/v1/tasks')).status, 200);
});
