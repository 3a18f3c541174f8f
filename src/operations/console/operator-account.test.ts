import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../test/harness/app.ts';
import { asOwner } from '../../../test/harness/identity.ts';

let app: SharedTestApp;
let home: TestTenant;
let administrator: Client;
let operator_id: string;

const rows = (text: string, values: unknown[] = []) => asOwner(app, text, values) as Promise<Record<string, unknown>[]>;
const grant = (user_id: string) =>
  rows(`insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [home.tenant_id, user_id]);

before(async () => {
  app = await sharedTestApp();
  home = await app.tenant();
  administrator = await home.signedIn('admin', 'Ada');
  operator_id = (await home.as('admin', 'Olga')).user_id;
  await grant(operator_id);
});

test('whoever administers the workspace of an operator cannot sign in as the operator', async () => {
  const user = `/api/v1/users/${operator_id}`;
  const { api: key } = await home.as('admin', 'Ada');
  for (const client of [administrator, key]) {
    const moved = await client('PATCH', user, { email: 'mallory@elsewhere.example' });
    assert.equal(moved.status, 403, JSON.stringify(moved.body));
    assert.match(moved.body.detail, /operator/);
    assert.equal((await client('DELETE', `${user}/second-factor`)).status, 403);
  }
  // A key is no operator, so a stolen one must not become one.
  const { api: own } = await home.as('admin', 'Olga');
  assert.equal((await own('PATCH', user, { email: 'mallory@elsewhere.example' })).status, 403);
  const [{ email } = {}] = await rows('select email from user_account where id = $1', [operator_id]);
  assert.match(String(email), /^Olga@/);
});

test('no administrator of the workspace ends the access of an operator, and hears who can', async () => {
  const user = `/api/v1/users/${operator_id}`;
  const operator = await home.signedIn('admin', 'Olga');
  const { api: key } = await home.as('admin', 'Ada');
  const soon = new Date(Date.now() + 60_000).toISOString();
  const ways: [string, string, object?][] = [
    ['POST', `${user}/deactivation`],
    ['DELETE', user],
    ['PUT', `${user}/roles`, { role_ids: [] }],
    ['DELETE', `${user}/sessions`],
    ['DELETE', `${user}/second-factor`],
    ['PATCH', user, { access_until: soon }],
    ['PATCH', user, { email: 'mallory@elsewhere.example' }],
    ['DELETE', `/api/v1/invitations/${operator_id}`],
    ['POST', `/api/v1/invitations/${operator_id}/delivery`],
  ];
  for (const client of [administrator, key])
    for (const [method, path, body] of ways) {
      const refused = await client(method, path, body);
      const told = [refused.status, refused.body.code];
      assert.deepEqual(told, [403, 'operator_account'], `${method} ${path}: ${JSON.stringify(refused.body)}`);
      assert.match(refused.body.detail, /operators, signed in.*holdfast operator revoke/);
    }
  assert.equal((await operator('GET', '/api/v1/session')).body.operator, true);
  // Operators do, for one another.
  const { user_id: other } = await home.as('viewer', 'Otto');
  await grant(other);
  assert.equal((await operator('POST', `/api/v1/users/${other}/deactivation`)).status, 200);
});

test('the invitation of somebody who is an operator already goes through operators', async () => {
  const { user_id: id } = await home.as('viewer', 'Nils');
  await grant(id);
  await rows(`update user_account set status = 'invited' where id = $1`, [id]);
  const again = await administrator('POST', `/api/v1/invitations/${id}/delivery`);
  assert.equal(again.status, 403, JSON.stringify(again.body));
});

test('accounts at another issuer do not sign in those of the one before', async () => {
  const issuer = 'https://login.example.com';
  const made = await administrator('POST', '/api/v1/sign-in-providers', {
    name: 'Login',
    kind: 'oidc',
    issuer,
    client_id: 'holdfast',
  });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const link = () =>
    rows('select subject from external_identity where tenant_id = $1 and user_id = $2', [home.tenant_id, operator_id]);
  await rows('insert into external_identity (tenant_id, provider_id, subject, user_id) values ($1, $2, $3, $4)', [
    home.tenant_id,
    made.body.id,
    'olga',
    operator_id,
  ]);
  const path = `/api/v1/sign-in-providers/${made.body.id}`;
  assert.equal((await administrator('PATCH', path, { issuer })).status, 200);
  assert.equal((await link()).length, 1);
  const moved = await administrator('PATCH', path, { issuer: 'https://mallory.example.com' });
  assert.equal(moved.status, 200, JSON.stringify(moved.body));
  assert.equal((await link()).length, 0);
});
