import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Client,
  eventually,
  type SharedTestApp,
  sharedTestApp,
  type TestTenant,
} from '../../../../test/harness/app.ts';

let app: SharedTestApp;
let tenant: TestTenant;
let api: Client;
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
});

const start = (action: object, by = api, filter: string | null = null) =>
  by('POST', '/api/v1/changes', { resource: 'deal', filter, action: { kind: 'set_deals', ...action } });
async function run(action: object, by = api) {
  const started = await start(action, by);
  assert.equal(started.status, 202, JSON.stringify(started.body));
  return eventually(async () => {
    const { body } = await api('GET', `/api/v1/changes/${started.body.id}`);
    return body.state === 'done' && body;
  });
}
interface Deal {
  id: string;
  name: string;
  amount: string | null;
  stage: { name: string };
  status: string;
  closed_on: string | null;
}
const deals = async (): Promise<Deal[]> => (await api('GET', '/api/v1/deals?limit=200&sort=name')).body.data;
const told = async () =>
  (await deals()).map(({ name, amount, stage, status, closed_on }) => [
    name,
    amount,
    stage.name,
    status,
    closed_on !== null,
  ]);

test('many deals are moved by the rules of a single move, priced in their own currency, and all taken back together', async () => {
  const pipeline = (await api('POST', '/api/v1/pipelines', { name: 'Sales' })).body;
  const stage = (kind: string, at = 0) => pipeline.stages.filter((each: { kind: string }) => each.kind === kind)[at];
  const [first, second, won] = [stage('open'), stage('open', 1), stage('won')];
  for (const body of [
    { name: 'A', amount: '10', currency: 'EUR' },
    { name: 'B', amount: '20', currency: 'JPY' },
    { name: 'C', stage_id: second.id },
  ])
    assert.equal((await api('POST', '/api/v1/deals', { pipeline_id: pipeline.id, ...body })).status, 201);
  const asked = await api('PATCH', `/api/v1/stages/${second.id}`, { required_fields: ['amount'] });
  assert.equal(asked.status, 200, JSON.stringify(asked.body));

  const moved = await run({ stage_id: second.id });
  assert.deepEqual([moved.changed, moved.unchanged, moved.skipped], [2, 1, 0]);
  const priced = await run({ amount: '500' });
  assert.equal(priced.changed, 3);
  assert.deepEqual(await told(), [
    ['A', '500.00', second.name, 'open', false],
    ['B', '500', second.name, 'open', false],
    ['C', '500.00', second.name, 'open', false],
  ]);
  assert.deepEqual([(await run({ amount: '500' })).unchanged, (await deals()).length], [3, 3]);
  const closed = await run({ stage_id: won.id });
  assert.deepEqual(await told().then((rows) => rows.map(([, , , status, dated]) => [status, dated])), [
    ['won', true],
    ['won', true],
    ['won', true],
  ]);
  await api('POST', `/api/v1/changes/${closed.id}/reversal`);
  await api('POST', `/api/v1/changes/${priced.id}/reversal`);
  assert.deepEqual(await told(), [
    ['A', '10.00', second.name, 'open', false],
    ['B', '20', second.name, 'open', false],
    ['C', null, second.name, 'open', false],
  ]);
  await run({ stage_id: first.id });
  const left = await run({ stage_id: second.id });
  assert.deepEqual([left.changed, left.skipped], [2, 1], 'C has no amount, which the stage asks for');
  assert.match(left.skipped_samples[0].reason, /amount: A deal needs this before it moves to/);
});

test('what cannot be said of any deal is refused at once, and what is not one’s own is left and told', async () => {
  assert.equal((await start({})).status, 422);
  assert.equal((await start({ stage_id: crypto.randomUUID() })).body.errors[0].field, 'action.stage_id');
  const wrong = await api('POST', '/api/v1/changes', {
    resource: 'contact',
    filter: null,
    action: { kind: 'set_deals', amount: '1' },
  });
  assert.equal(wrong.status, 422);
  const { api: viewer } = await tenant.as('viewer');
  assert.equal((await start({ amount: '1' }, viewer)).status, 403);
});
