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

async function made(path: string, body: object = {}) {
  const answer = await ann('POST', `/api/v1/${path}`, body);
  assert.ok(answer.status < 300, `${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
const on = async (id: string, date: string, by = ann) => {
  const { status, body } = await by('GET', `/api/v1/households/${id}/as-of?date=${date}`);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
};
const named = (rows: { name: string }[]) => rows.map(({ name }) => name).sort();
/** Puts what happened to records so far so many days back. */
const age = async (ids: string[], days: number) => {
  for (const table of ['audit_event', 'record_history'])
    await asTableOwner(
      app,
      table,
      `update ${table} set at = at - make_interval(days => $2) where record_id = any ($1)`,
      [ids, days],
    );
};

test('a household is shown as it was on a day, and what cannot be known of it is named', async () => {
  const family = await made('households', { name: 'Okafor', status: 'prospect', city: 'Lagos' });
  const household_id = family.id;
  const head = await made('contacts', { given_name: 'Ada' });
  const left = await made('contacts', { given_name: 'Ben' });
  await made('household-members', { household_id, contact_id: head.id, role: 'head', from_on: day(-900) });
  await made('household-members', {
    household_id,
    contact_id: left.id,
    role: 'child',
    from_on: day(-900),
    until_on: day(-100),
  });
  const account = { household_id, registration: 'individual', kind: 'managed', currency: 'USD' };
  const depot = await made('financial-accounts', { ...account, name: 'Depot', opened_on: day(-800) });
  const late = await made('financial-accounts', { ...account, name: 'New depot', opened_on: day(-5) });
  await made('account-owners/bulk', {
    data: [
      {
        account_id: depot.id,
        contact_id: head.id,
        role: 'owner',
        share_numerator: 1,
        share_denominator: 1,
        from_on: day(-800),
      },
    ],
  });
  const move = { account_id: depot.id, kind: 'deposit', currency: 'USD' };
  await made('transactions', { ...move, traded_on: day(-700), amount: '1000' });
  await made('transactions', { ...move, traded_on: day(-3), amount: '500' });
  const paper = await made('documents', { household_id, type: 'agreement', name: 'Mandate' });
  const ids = [household_id, depot.id, late.id, paper.id];
  await age(ids, 600);
  await asOwner(app, `update household set created_at = now() - interval '600 days' where id = $1`, [household_id]);
  assert.equal(
    (await ann('PATCH', `/api/v1/households/${household_id}`, { name: 'Okafor family', status: 'active', city: null }))
      .status,
    200,
  );
  assert.equal((await ann('PATCH', `/api/v1/documents/${paper.id}`, { name: 'Mandate, signed' })).status, 200);
  assert.equal(
    (await ann('PATCH', `/api/v1/financial-accounts/${depot.id}`, { account_number: '12345678' })).status,
    200,
  );

  const then = await on(household_id, day(-365));
  assert.deepEqual(
    [then.household.name, then.household.status, then.household.city, then.household.owner.name],
    ['Okafor', 'prospect', 'Lagos', 'Ann'],
  );
  assert.deepEqual(then.members.map((one: { contact: { name: string } }) => one.contact.name).sort(), ['Ada', 'Ben']);
  assert.deepEqual([named(then.accounts), named(then.documents)], [['Depot'], ['Mandate']]);
  assert.equal(then.accounts[0].owners[0].contact.name, 'Ada');
  assert.equal(then.holdings.net_worth.total, '1000.00');
  const why = then.not_known.map((one: { of: string; why: string; fields: string[] }) => [
    one.of,
    one.why,
    one.fields.join(),
  ]);
  assert.deepEqual(why, [
    ['household', 'not_recorded', 'tags'],
    ['account', 'sealed', 'account_number'],
  ]);

  const now = await on(household_id, day(0));
  assert.deepEqual(
    [now.household.name, now.members.length, named(now.accounts), now.holdings.net_worth.total, named(now.documents)],
    ['Okafor family', 1, ['Depot', 'New depot'], '1500.00', ['Mandate, signed']],
  );

  const before = await on(household_id, day(-650));
  assert.equal(before.household, null);
  assert.deepEqual(before.not_known[0].why, 'written_down_later');

  await asTableOwner(app, 'record_history', `delete from record_history where record_id = $1 and before ? 'city'`, [
    household_id,
  ]);
  const erased = await on(household_id, day(-365));
  assert.deepEqual(
    [erased.household.city, erased.household.name],
    [undefined, undefined],
    'nobody knows these any more',
  );
  assert.ok(
    erased.not_known.some(
      (one: { why: string; fields: string[] }) => one.why === 'erased' && one.fields.includes('city'),
    ),
  );

  // The workspace came from elsewhere, without its older trail.
  const since = new Date(`${day(-700)}T12:00:00.000Z`).toISOString();
  await asOwner(
    app,
    'insert into trail_origin (tenant_id, trail_since) select tenant_id, $2 from household where id = $1',
    [household_id, since],
  );
  const archived = (await on(household_id, day(-800))).not_known.find((one: { why: string }) => one.why === 'archived');
  assert.deepEqual([archived.of, archived.since], ['trail', since]);

  assert.equal((await ann('GET', `/api/v1/households/${household_id}/as-of?date=${day(2)}`)).status, 422);
  assert.equal((await ann('GET', `/api/v1/households/${household_id}/as-of?date=2025-02-30`)).status, 422);
  const other = (await tenant.as('advisor', 'Otto')).api;
  assert.equal((await other('GET', `/api/v1/households/${household_id}/as-of?date=${day(0)}`)).status, 404);
});
