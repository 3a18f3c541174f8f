import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Client, startTestApp, type TestApp, type TestTenant } from '../../../test/harness/app.ts';
import { loadDemo } from '../index.ts';
import { wealthDemo } from './index.ts';

let app: TestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await startTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin', 'robin'));
  await loadDemo(app.app.services.db, tenant.tenant_id, wealthDemo);
});
after(() => app.stop());

const count = async (path: string) => {
  const answer = await api('GET', `/api/v1/${path}${path.includes('?') ? '&' : '?'}count=exact`);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.total as number;
};

test('the demo of wealth is an advisory firm with 120 households, their people, entities and advisers', async () => {
  assert.equal(await count('households'), 120);
  assert.equal(await count('household-members'), await count('contacts'));
  for (const [plural, least] of [
    ['contacts', 250],
    ['relationships', 200],
    ['legal-entities', 20],
    ['notes', 100],
    ['tasks', 40],
    ['custodians', 5],
    ['securities', 25],
    ['prices', 9_000],
    ['financial-accounts', 350],
    ['account-owners', 600],
    ['positions', 2_000],
    ['transactions', 10_000],
    ['client-profiles', 150],
    ['goals', 150],
    ['goal-accounts', 180],
    ['suitability-profiles', 90],
    ['client-reviews', 150],
    ['documents', 200],
    ['communications', 200],
  ] as const)
    assert.ok((await count(plural)) >= least, plural);
  const filter = encodeURIComponent(JSON.stringify({ field: 'role', op: 'eq', value: 'primary' }));
  assert.equal(await count(`household-advisers?filter=${filter}`), 120);
  assert.equal((await api('GET', '/api/v1/deals')).body.code, 'feature_off', 'sales is off in a workspace of wealth');
});

test('its households have a net worth, returns, and what is unknown is named; positions say what the transactions give', async () => {
  const get = async (path: string) => {
    const answer = await api('GET', `/api/v1/${path}`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  const { data: households } = await get('households?limit=120');
  const clients = households.filter(({ status }: { status: string }) => status === 'active').slice(0, 12);
  for (const { id, name } of clients) {
    const { net_worth, data, without_value } = await get(`households/${id}/holdings`);
    assert.ok(Number(net_worth.managed) > 50_000, `${name}: ${net_worth.managed}`);
    assert.equal(without_value, 0, name);
    const { net, left_out, values } = await get(`households/${id}/performance`);
    assert.ok(net.total > -0.5 && net.total < 4, `${name}: ${net.total}`);
    assert.ok(left_out.length <= 1 && values.length > 10);
    for (const { security, quantity } of data)
      assert.ok(security !== null || Number(quantity) > -1_000_000, `${name}: ${quantity}`);
  }
  const managed = encodeURIComponent(JSON.stringify({ field: 'kind', op: 'eq', value: 'managed' }));
  const { data: accounts } = await get(`financial-accounts?limit=10&filter=${managed}`);
  for (const { id, account_number } of accounts) {
    assert.match(account_number, /^•••• \d{4}$/);
    const { data } = await get(`financial-accounts/${id}/holdings`);
    const filter = encodeURIComponent(JSON.stringify({ field: 'account_id', op: 'eq', value: id }));
    const positions = (await get(`positions?limit=100&filter=${filter}`)).data;
    const key = (security: string | null, quantity: string) => `${security} ${Number(quantity).toFixed(4)}`;
    const held = data.map((one: { security: { id: string } | null; quantity: string }) =>
      key(one.security?.id ?? null, one.quantity),
    );
    const said = positions.map((one: { security_id: string | null; quantity: string }) =>
      key(one.security_id, one.quantity),
    );
    assert.deepEqual(held.toSorted(), said.filter((one: string) => !one.endsWith(' 0.0000')).toSorted());
  }
});

test('advisers find something to do: reviews and checks due, birthdays, breaks, documents; and goals have a progress', async () => {
  const { status, body: home } = await api('GET', '/api/v1/adviser-home');
  assert.equal(status, 200, JSON.stringify(home));
  for (const part of ['reviews', 'identity_checks', 'birthdays', 'breaks', 'documents'])
    assert.ok(home[part].total >= 3 && home[part].total < 80, `${part}: ${home[part].total}`);
  assert.ok(home.identity_checks.overdue >= 3 && home.reviews.overdue >= 1);
  assert.equal(home.tiers.length, 4);
  const { data } = (await api('GET', '/api/v1/goals?limit=1')).body;
  const progress = (await api('GET', `/api/v1/households/${data[0].household_id}/goal-progress`)).body.data;
  assert.ok(
    progress.length > 0 &&
      progress.every((goal: { progress: number; missing: [] }) => goal.progress > 0 && goal.missing.length === 0),
  );
});
