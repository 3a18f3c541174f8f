import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner, makePerson, signedIn } from '../../../test/harness/identity.ts';
import { sql } from '../database/database.ts';
import { type Actor, systemActor, withContext } from '../tenancy/context.ts';

const tables = [
  'user_account',
  'team',
  'team_member',
  'role',
  'user_role',
  'user_password',
  'user_totp',
  'totp_use',
  'recovery_code',
  'passkey',
  'session',
  'api_key',
  'one_time_token',
  'sign_in_provider',
  'external_identity',
];
/** Of one person: colleagues without a right over users reach none of it either. */
const personal = ['user_password', 'user_totp', 'totp_use', 'recovery_code', 'passkey', 'session', 'external_identity'];

let app: SharedTestApp;
let north: TestTenant;
let south: TestTenant;
let victim: string;
before(async () => {
  app = await sharedTestApp();
  north = await app.tenant('north');
  south = await app.tenant('south');
  victim = (await fill(north)).user_id;
  await fill(south);
});

/** One row at least in every table of identity. */
async function fill(tenant: TestTenant) {
  const person = await makePerson(app, tenant, `Person of ${tenant.tenant_id}`);
  await signedIn(app, person);
  const { api } = await tenant.as('admin');
  await api('POST', '/api/v1/invitations', {
    email: 'new@people.example',
    name: 'New',
    role_ids: [await anyRole(tenant)],
  });
  const team = await api('POST', '/api/v1/teams', { name: 'Team' });
  await api('PUT', `/api/v1/teams/${team.body.id}/members/${person.user_id}`);
  const provider = { name: 'Keys', kind: 'oidc', issuer: 'https://login.example', client_id: 'x' };
  const { body } = await api('POST', '/api/v1/sign-in-providers', provider);
  const key = [tenant.tenant_id, person.user_id];
  await asOwner(app, `insert into user_totp (tenant_id, user_id, sealed_secret) values ($1, $2, '\\x00')`, key);
  await asOwner(app, 'insert into totp_use (tenant_id, user_id, step) values ($1, $2, 1)', key);
  await asOwner(app, `insert into recovery_code (tenant_id, user_id, hash) values ($1, $2, '\\x00')`, key);
  await asOwner(
    app,
    `insert into passkey (tenant_id, user_id, name, credential_id, public_key) values ($1, $2, 'Key', '\\x00', '\\x00')`,
    key,
  );
  await asOwner(
    app,
    `insert into external_identity (tenant_id, user_id, provider_id, subject) values ($1, $2, $3, 'subject')`,
    [...key, body.id],
  );
  return person;
}

async function anyRole(tenant: TestTenant): Promise<string> {
  const { api } = await tenant.as('admin');
  return (await api('GET', '/api/v1/roles')).body.data[0].id;
}

const as = <Result>(actor: Actor, statement: ReturnType<typeof sql>): Promise<Result[]> =>
  withContext(app.app.services.db, actor, (ctx) => ctx.tx.many(statement as never));

test('no table of identity shows or takes a row of another workspace, even from its system', async () => {
  const actor = systemActor(south.tenant_id);
  for (const table of tables) {
    const name = sql.table(table);
    const own = await as(actor, sql`select from ${name} where tenant_id = ${south.tenant_id}`);
    assert.ok(own.length > 0, `${table} was not filled, so the test says nothing`);
    const seen = await as(actor, sql`select from ${name} where tenant_id <> ${south.tenant_id}`);
    assert.equal(seen.length, 0, `${table} shows rows of another workspace`);
    const gone = await as(
      actor,
      sql`with gone as (delete from ${name} where tenant_id = ${north.tenant_id} returning 1) select from gone`,
    );
    assert.equal(gone.length, 0, `${table} lets rows of another workspace be deleted`);
    const moved = sql`update ${name} set tenant_id = ${north.tenant_id} where tenant_id = ${south.tenant_id}`;
    await assert.rejects(as(actor, moved), /row-level security|permission denied/, `${table} lets rows be moved`);
  }
});

test('no tenant, no rows', async () => {
  for (const table of tables) {
    const [{ count }] = (await app.app.services.db.call<{ count: number }>(
      sql`select count(*)::int as count from ${sql.table(table)}`,
    )) as [{ count: number }];
    assert.equal(count, 0, table);
  }
});

test("a colleague reaches nothing of another person's sign-in, even past the API", async () => {
  const colleague = await makePerson(app, north, 'Colleague');
  const actor: Actor = {
    kind: 'user',
    tenant_id: north.tenant_id,
    user_id: colleague.user_id,
    credential_id: null,
    rights: { user: { read: 'all' } },
  };
  for (const table of personal) {
    const seen = await as(actor, sql`select from ${sql.table(table)} where user_id = ${victim}`);
    assert.equal(seen.length, 0, table);
  }
});

test("another workspace's users, roles, teams, keys and providers are as if absent", async () => {
  const [here, there] = [await north.as('admin'), await south.as('admin')];
  for (const noun of ['users', 'roles', 'teams', 'api-keys', 'sign-in-providers']) {
    const { body } = await there.api('GET', `/api/v1/${noun}`);
    const { id } = body.data[0];
    assert.equal((await there.api('GET', `/api/v1/${noun}/${id}`)).status, 200);
    assert.equal((await here.api('GET', `/api/v1/${noun}/${id}`)).status, 404, noun);
    assert.equal((await here.api('DELETE', `/api/v1/${noun}/${id}`)).status, 404, noun);
  }
  const { user_id } = there;
  const path = `/api/v1/users/${user_id}`;
  assert.equal((await here.api('POST', `${path}/deactivation`)).status, 404);
  assert.equal((await here.api('DELETE', `${path}/sessions`)).status, 404);
  assert.equal((await here.api('PUT', `${path}/roles`, { role_ids: [] })).status, 404);
  const foreignRole = await anyRole(south);
  const { user_id: own } = await north.as('member');
  const granted = await here.api('PUT', `/api/v1/users/${own}/roles`, { role_ids: [foreignRole] });
  assert.equal(granted.status, 422);
  const key = await here.api('POST', '/api/v1/api-keys', { name: 'x', role_id: foreignRole });
  assert.equal(key.status, 422);
});

test('the application can neither make a workspace nor become the system', async () => {
  const { db } = app.app.services;
  await assert.rejects(db.call(sql`insert into tenant (name, title) values ('mine', 'Mine')`), /permission denied/);
  await assert.rejects(db.call(sql`set role holdfast_system`), /permission denied/);
  await assert.rejects(
    db.call(sql`select app.rights_of_user(${north.tenant_id}, ${victim})`),
    /permission denied/,
    'rights of any user of any workspace',
  );
});
