import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type SharedTestApp, sharedTestApp } from '../../../../test/harness/app.ts';
import { asOwner } from '../../../../test/harness/identity.ts';

let app: SharedTestApp;
before(async () => {
  app = await sharedTestApp();
});

test('nobody with the same scope own takes over the account of a colleague, and so their records', async () => {
  const tenant = await app.tenant();
  const admin = (await tenant.as('admin')).api;
  const roleWith = async (name: string, scope: string) => {
    const rights = {
      user: { read: 'all', create: 'all', update: 'all' },
      contact: { read: scope },
      note: { read: scope },
      role: { read: 'all' },
    };
    const made = await admin('POST', '/api/v1/roles', { name, rights });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body;
  };
  const own = await roleWith('Alike', 'own');
  const ann = await tenant.as(own.key, 'ann');
  const ben = await tenant.as(own.key, 'ben');
  const contact = { family_name: 'Of Ben', owner_id: ben.user_id };
  assert.equal((await admin('POST', '/api/v1/contacts', contact)).status, 201);
  const bens = `/api/v1/users/${ben.user_id}`;

  const taken = await ann.api('PATCH', bens, { email: 'ann.too@people.example' });
  assert.equal(taken.status, 403, JSON.stringify(taken.body));
  assert.equal((await ann.api('DELETE', `${bens}/second-factor`)).status, 403);
  assert.equal((await ann.api('PATCH', bens, { name: 'Benjamin' })).status, 200, 'a name takes nothing over');
  const { email: unchanged } = (await admin('GET', bens)).body;
  const renamed = await ann.api('PATCH', bens, { name: 'Ben', email: unchanged });
  assert.deepEqual([renamed.status, renamed.body.name, renamed.body.email], [200, 'Ben', unchanged]);
  const spelled = await ann.api('PATCH', bens, { name: 'Ben', email: unchanged.toUpperCase() });
  assert.equal(spelled.status, 403, 'another spelling is a change');

  const invitation = { email: 'cleo@people.example', name: 'Cleo', role_ids: [own.id] };
  const invited = await ann.api('POST', '/api/v1/invitations', invitation);
  assert.equal(invited.status, 201, `a new account has no records: ${JSON.stringify(invited.body)}`);
  const again = `/api/v1/invitations/${invited.body.user.id}/delivery`;
  assert.equal((await ann.api('POST', again)).status, 403, 'it may have records by now');

  const team = (await admin('POST', '/api/v1/teams', { name: 'Team' })).body.id;
  const dan = await tenant.as((await roleWith('Lead', 'team')).key, 'dan');
  const email = { email: 'benjamin@people.example' };
  assert.equal((await dan.api('PATCH', bens, email)).status, 403, 'no colleague yet');
  for (const { user_id } of [ben, dan])
    assert.ok((await admin('PUT', `/api/v1/teams/${team}/members/${user_id}`)).status < 300);
  assert.equal((await dan.api('PATCH', bens, email)).status, 200, 'a colleague, whose records the team reads');
  assert.equal(
    (await (await tenant.as((await roleWith('Whole', 'all')).key, 'eve')).api('PATCH', bens, email)).status,
    200,
  );
});

test('no administrator of the workspace deletes the account of an operator, which would end who operates the installation', async () => {
  const tenant = await app.tenant();
  const operator = await tenant.as('member', 'Olga');
  await asOwner(app, `insert into operator (tenant_id, user_id, granted_by) values ($1, $2, 'a test')`, [
    tenant.tenant_id,
    operator.user_id,
  ]);
  const path = `/api/v1/users/${operator.user_id}`;
  const refused = await (await tenant.signedIn('admin', 'Ada'))('DELETE', path);
  assert.equal(refused.status, 403, JSON.stringify(refused.body));
  assert.match(refused.body.detail, /operator/);
  await asOwner(app, 'delete from operator where user_id = $1', [operator.user_id]);
  assert.equal((await (await tenant.signedIn('admin', 'Ada'))('DELETE', path)).status, 204, 'an operator no more');
});
