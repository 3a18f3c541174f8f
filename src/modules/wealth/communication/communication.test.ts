import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { asOwner, asTableOwner } from '../../../../test/harness/identity.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let ann: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ann = (await tenant.as('advisor', 'Ann')).api;
});

test('what was said is sealed, shown for a reason, filed anew, and changed or deleted by nobody for six years', async () => {
  const household = async (name: string) =>
    (await ann('POST', '/api/v1/households', { name, status: 'active' })).body.id;
  const [household_id, other] = [await household('Okafor'), await household('Okafor younger')];
  const given = {
    household_id,
    kind: 'email',
    direction: 'outgoing',
    subject: 'Your plan',
    participants: ['ada@okafor.example'],
  };
  assert.equal((await ann('POST', '/api/v1/communications', given)).body.errors[0].field, 'body');
  const { status, body } = await ann('POST', '/api/v1/communications', {
    ...given,
    body: 'We sell the house.\nThen we move.',
  });
  assert.deepEqual([status, body.body, body.author.name, body.tier], [201, '••••', 'Ann', 'hot'], JSON.stringify(body));
  assert.equal(body.kept_until.slice(0, 4), String(new Date().getFullYear() + 6));
  const path = `/api/v1/communications/${body.id}`;
  const shown = await ann('POST', `${path}/reveal`, { field: 'body', reason: 'Preparing the meeting' });
  assert.equal(shown.body.value, 'We sell the house.\nThen we move.');

  assert.equal((await ann('PATCH', path, { subject: 'Other' })).status, 422);
  assert.equal((await ann('PATCH', path, { body: 'Other' })).status, 422);
  assert.equal((await ann('PATCH', path, { household_id: other })).body.household.name, 'Okafor younger');
  const refused = await ann('DELETE', path);
  assert.deepEqual([refused.status, refused.body.code], [409, 'kept']);
  for (const change of [
    `subject = 'x'`,
    `body = set_byte(body, 60, 1)`,
    `kept_until = current_date - 1`,
    `created_at = now() - interval '9 years'`,
  ])
    await assert.rejects(
      asTableOwner(app, 'communication', `update communication set ${change} where id = $1`, [body.id]),
      /never changed/,
      change,
    );
  await assert.rejects(
    asTableOwner(app, 'communication', 'delete from communication where id = $1', [body.id]),
    /kept until/,
  );
  await assert.rejects(asTableOwner(app, 'communication', 'truncate communication'), /never changed/);
  const late = { ...given, body: 'x', occurred_at: new Date(Date.now() + 9 * 86_400_000).toISOString() };
  assert.equal((await ann('POST', '/api/v1/communications', late)).body.errors[0].field, 'occurred_at');
});

test('what is older than six years may go', async () => {
  const { id: household_id } = (await ann('POST', '/api/v1/households', { name: 'Past', status: 'active' })).body;
  const [old] = (await asOwner(
    app,
    `insert into communication (tenant_id, household_id, subject, created_at, occurred_at)
    values ($1, $2, 'Old', now() - interval '7 years', now() - interval '7 years') returning id`,
    [tenant.tenant_id, household_id],
  )) as { id: string }[];
  assert.equal((await ann('DELETE', `/api/v1/communications/${old!.id}`)).status, 204);
});
