import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import pg from 'pg';
import { type Client, type SharedTestApp, sharedTestApp, type TestTenant } from '../../../../test/harness/app.ts';
import { whileChanging } from '../../../../test/harness/identity.ts';
import { sql } from '../../../kernel/database/database.ts';
import { systemActor, withContext } from '../../../kernel/tenancy/context.ts';

let app: SharedTestApp;
let api: Client;
let tenant: TestTenant;
let stages: { id: string; name: string; kind: string }[];
before(async () => {
  app = await sharedTestApp();
  tenant = await app.tenant();
  ({ api } = await tenant.as('admin'));
  const pipeline = await api('POST', '/api/v1/pipelines', { name: 'Sales' });
  stages = pipeline.body.stages;
});

const named = (name: string) => stages.find((stage) => stage.name === name)!.id;
const deal = async (body: object = {}) => (await api('POST', '/api/v1/deals', { name: 'Deal', ...body })).body;
const demand = async (stage: string, required_fields: string[]) =>
  assert.equal((await api('PATCH', `/api/v1/stages/${named(stage)}`, { required_fields })).status, 200);
const missing = (answer: { status: number; body: { errors: { field: string; code: string }[] } }) => {
  assert.equal(answer.status, 422, JSON.stringify(answer.body));
  assert.ok(answer.body.errors.every(({ code }) => code === 'required_by_stage'));
  return answer.body.errors.map(({ field }) => field).sort();
};

test('a deal does not move to a stage without what the stage asks for, however it is moved', async () => {
  await api('POST', '/api/v1/custom-fields', { resource: 'deal', key: 'tier', label: 'Tier', type: 'text' });
  await demand('Proposal', ['amount', 'expected_close_on', 'custom.tier']);
  const { id } = await deal({ amount: '0.00' });
  const to = named('Proposal');
  assert.deepEqual(missing(await api('POST', `/api/v1/deals/${id}/moves`, { stage_id: to })), [
    'custom.tier',
    'expected_close_on',
  ]);
  assert.deepEqual(missing(await api('PATCH', `/api/v1/deals/${id}`, { stage_id: to, custom: { tier: 'gold' } })), [
    'expected_close_on',
  ]);
  assert.equal((await api('GET', `/api/v1/deals/${id}`)).body.stage_id, named('Qualified'), 'it has not moved');
  const moved = await api('PATCH', `/api/v1/deals/${id}`, {
    stage_id: to,
    custom: { tier: 'gold' },
    expected_close_on: '2027-01-31',
  });
  assert.equal(moved.status, 200);
  // What is there already may be changed, and moved within its column.
  assert.equal((await api('PATCH', `/api/v1/deals/${id}`, { expected_close_on: null })).status, 200);
  assert.equal((await api('POST', `/api/v1/deals/${id}/moves`, { stage_id: to, position: 'first' })).status, 200);
});

test('closing asks too, and takes the reason that comes with it', async () => {
  await demand('Lost', ['close_reason_id']);
  const reason = (await api('POST', '/api/v1/close-reasons', { name: 'Price', outcome: 'lost' })).body.id;
  const { id } = await deal();
  assert.deepEqual(missing(await api('POST', `/api/v1/deals/${id}/closure`, { outcome: 'lost' })), ['close_reason_id']);
  assert.equal(
    (await api('POST', `/api/v1/deals/${id}/closure`, { outcome: 'lost', close_reason_id: reason })).status,
    200,
  );
});

test('a stage can ask for products: one is enough, and none is not', async () => {
  await demand('Won', ['lines']);
  const product = (await api('POST', '/api/v1/products', { name: 'Pump', unit_price: '199.90' })).body.id;
  const { id } = await deal();
  const lines = (products: string[]) =>
    api('PUT', `/api/v1/deals/${id}/lines`, { lines: products.map((product_id) => ({ product_id })) });
  const win = () => api('POST', `/api/v1/deals/${id}/closure`, { outcome: 'won' });
  assert.deepEqual(missing(await win()), ['lines']);
  assert.equal((await lines([product])).status, 200);
  assert.equal((await lines([])).status, 200);
  for (const refused of [
    await win(),
    await api('POST', `/api/v1/deals/${id}/moves`, { stage_id: named('Won') }),
    await api('PATCH', `/api/v1/deals/${id}`, { stage_id: named('Won'), amount: '5.00' }),
  ])
    assert.deepEqual(missing(refused), ['lines']);
  await lines([product]);
  assert.equal((await win()).body.status, 'won');
  await lines([]);
  assert.equal((await api('GET', `/api/v1/deals/${id}`)).body.status, 'won', 'what is there may go on without');
  await demand('Won', []);
});

test('a stage asks only for what a deal has', async () => {
  for (const name of ['nothing', 'custom.nothing', 'status', 'score']) {
    const refused = await api('PATCH', `/api/v1/stages/${named('Qualified')}`, { required_fields: [name] });
    assert.deepEqual([refused.status, refused.body.errors[0].field], [422, 'required_fields'], name);
  }
  const { stages: shown } = (await api('GET', `/api/v1/pipelines?limit=1`)).body.data[0];
  assert.deepEqual(
    shown.map((stage: { required_fields: string[] }) => stage.required_fields.length),
    [0, 3, 0, 0, 1],
  );
});

test('deals left lying are found by a filter', async () => {
  await api('PATCH', `/api/v1/stages/${named('Negotiation')}`, { rotting_days: 10 });
  const since = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const [late, fresh] = [
    await deal({ stage_id: named('Negotiation') }),
    await deal({ stage_id: named('Negotiation') }),
  ];
  const found = async () => {
    const filter = encodeURIComponent('{"field":"left_lying","op":"eq","value":true}');
    return (await api('GET', `/api/v1/deals?filter=${filter}`)).body.data.map(
      (row: { id: string; left_lying: boolean }) => [row.id, row.left_lying],
    );
  };
  assert.deepEqual(await found(), []);
  await enteredAt(late.id, since(11));
  await enteredAt(fresh.id, since(9));
  assert.deepEqual(await found(), [[late.id, true]]);
  await api('POST', `/api/v1/deals/${late.id}/closure`, { outcome: 'won' });
  assert.deepEqual(await found(), [], 'what is closed lies nowhere');
});

/** Only time brings this about: so it is written past the program. */
async function enteredAt(id: string, at: string): Promise<void> {
  const client = new pg.Client({ connectionString: app.database.ownerUrl });
  await client.connect();
  await client.query('set role holdfast_system');
  await client.query(`select set_config('app.tenant_id', $1, false)`, [tenant.tenant_id]);
  await client.query('update deal set stage_entered_at = $2 where id = $1', [id, at]);
  await client.end();
}

test('what the one who moves it may not see is asked for too, and found', async () => {
  const hidden = { resource: 'deal', key: 'margin', label: 'Margin', type: 'text', visible_to: [] };
  assert.equal((await api('POST', '/api/v1/custom-fields', hidden)).status, 201);
  await demand('Negotiation', ['custom.margin']);
  const member = (await tenant.as('member')).api;
  const { id } = await deal();
  const move = () => member('POST', `/api/v1/deals/${id}/moves`, { stage_id: named('Negotiation') });
  const refused = await move();
  assert.deepEqual(missing(refused), ['custom']);
  const begun = await member('POST', '/api/v1/deals', { name: 'Begun', stage_id: named('Negotiation') });
  assert.deepEqual(missing(begun), ['custom']);
  const stage = `/api/v1/stages/${named('Negotiation')}`;
  const pipelines = await member('GET', '/api/v1/pipelines');
  assert.doesNotMatch(
    JSON.stringify([refused.body, begun.body, pipelines.body, (await member('GET', stage)).body]),
    /margin/i,
  );
  assert.deepEqual((await api('GET', stage)).body.required_fields, ['custom.margin']);

  const rights = { pipeline: { read: 'all', update: 'all' } };
  const { key } = (await api('POST', '/api/v1/roles', { name: 'Stages', rights })).body;
  const keeper = (await tenant.as(key, 'StageKeeper')).api;
  assert.deepEqual((await keeper('PATCH', stage, { required_fields: ['source'] })).body.required_fields, ['source']);
  assert.deepEqual(
    (await api('GET', stage)).body.required_fields,
    ['source', 'custom.margin'],
    'what one does not see stays',
  );
  await demand('Negotiation', ['custom.margin']);
  assert.equal((await api('PATCH', `/api/v1/deals/${id}`, { custom: { margin: 'thin' } })).status, 200);
  const moved = await move();
  assert.deepEqual([moved.status, moved.body.custom], [200, {}]);
});

test('a new deal begins in a stage only with what that asks for: defaults count, and products come along', async () => {
  const pipeline = (await api('POST', '/api/v1/pipelines', { name: 'Strict' })).body;
  const [first, second] = pipeline.stages;
  const ask = async (stage: string, required_fields: string[]) =>
    assert.equal((await api('PATCH', `/api/v1/stages/${stage}`, { required_fields })).status, 200);
  const field = { resource: 'deal', key: 'origin', label: 'Origin', type: 'text', default_value: 'Web' };
  assert.equal((await api('POST', '/api/v1/custom-fields', field)).status, 201);
  await ask(first.id, ['owner_id', 'custom.origin', 'amount', 'lines']);
  await ask(second.id, ['expected_close_on']);
  const create = (body: object) => api('POST', '/api/v1/deals', { name: 'New', pipeline_id: pipeline.id, ...body });

  assert.deepEqual(missing(await create({})), ['lines'], 'which make the amount');
  assert.deepEqual(missing(await create({ stage_id: second.id, amount: '1' })), ['expected_close_on']);
  const bulk = {
    data: [{ name: 'One' }, { name: 'Two', stage_id: second.id }].map((row) => ({ pipeline_id: pipeline.id, ...row })),
  };
  assert.deepEqual(missing(await api('POST', '/api/v1/deals/bulk', bulk)), [
    'data.0.lines',
    'data.1.expected_close_on',
  ]);
  const unknown = await create({ lines: [{ product_id: crypto.randomUUID() }] });
  assert.deepEqual([unknown.status, unknown.body.errors[0].field], [422, 'lines.0.product_id']);
  assert.equal(
    (await api('GET', `/api/v1/pipelines/${pipeline.id}/board`)).body.columns[0].count,
    0,
    'nothing was made',
  );

  const product = (await api('POST', '/api/v1/products', { name: 'Valve', unit_price: '20.00' })).body.id;
  const made = await create({ lines: [{ product_id: product, quantity: '3' }] });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  assert.deepEqual([made.body.amount, made.body.lines.length, made.body.custom], ['60.00', 1, { origin: 'Web' }]);
  const change = made.headers.get('change-id');
  assert.equal((await api('POST', `/api/v1/changes/${change}/reversal`)).body.changed, 1);
  assert.equal((await api('GET', `/api/v1/deals/${made.body.id}`)).status, 404);
});

test('the database holds it too, whatever writes a deal; only what is taken back returns without', async () => {
  const { stages: own } = (await api('POST', '/api/v1/pipelines', { name: 'Held' })).body;
  const [first, second] = own;
  const ask = (required_fields: string[]) => api('PATCH', `/api/v1/stages/${second.id}`, { required_fields });
  const inSecond = async () => (await deal({ stage_id: second.id })).id;
  const returning = await inSecond();
  const left = await api('POST', `/api/v1/deals/${returning}/moves`, { stage_id: first.id });
  await ask(['source', 'custom.tier', 'lines']);
  const { id } = await deal({ stage_id: first.id });
  const product = (await api('POST', '/api/v1/products', { name: 'Hose' })).body.id;
  const write = (...statements: ReturnType<typeof sql>[]) =>
    withContext(app.app.services.db, systemActor(tenant.tenant_id), async ({ tx }) => {
      for (const statement of statements) await tx.run(statement);
    });
  const move = sql`update deal set stage_id = ${second.id} where id = ${id}`;
  const fill = sql`update deal set source = 'Fair', custom = '{"tier": "gold"}' where id = ${id}`;
  const addProduct = sql`insert into deal_line (tenant_id, deal_id, product_id, position)
    values (${tenant.tenant_id}, ${id}, ${product}, 1)`;
  const refused = (column: string) => ({ code: '23514', column });
  await assert.rejects(write(move), refused('source'));
  await assert.rejects(write(sql`update deal set source = '' where id = ${id}`, move), refused('source'));
  await assert.rejects(write(sql`update deal set source = 'Fair' where id = ${id}`, move), refused('custom.tier'));
  await assert.rejects(write(fill, move), refused('lines'));
  const copy = sql`insert into deal (tenant_id, name, currency, pipeline_id, stage_id, status, source, custom)
    select tenant_id, name, currency, pipeline_id, ${second.id}, status, `;
  await assert.rejects(write(sql`${copy} null, '{}' from deal where id = ${id}`), refused('source'));
  await assert.rejects(write(sql`${copy} 'Fair', '{"tier": "gold"}' from deal where id = ${id}`), refused('lines'));
  // Products may come after the deal, as long as it is in one transaction.
  await write(fill, move, addProduct);
  assert.equal((await api('GET', `/api/v1/deals/${id}`)).body.stage_id, second.id);

  assert.equal((await api('POST', `/api/v1/changes/${left.headers.get('change-id')}/reversal`)).body.changed, 1);
  assert.equal((await api('GET', `/api/v1/deals/${returning}`)).body.stage_id, second.id);
});

test('a stage of open deals does not ask for the close reason, which none of them can have', async () => {
  const { id: pipeline_id, stages } = (await api('POST', '/api/v1/pipelines', { name: 'Reasons' })).body;
  const asks = { required_fields: ['source', 'close_reason_id'] };
  const change = (id: string, body: object) => api('PATCH', `/api/v1/stages/${id}`, body);
  const refused = ({ status, body }: Awaited<ReturnType<Client>>) =>
    assert.deepEqual([status, body.errors?.[0]?.field, body.errors?.[0]?.code], [422, 'required_fields', 'not_closed']);
  refused(await api('POST', '/api/v1/stages', { pipeline_id, name: 'Open by default', ...asks }));
  refused(await change(stages[0].id, asks));
  const lost = { pipeline_id, name: 'Lost early', kind: 'lost', ...asks };
  const { status, body } = await api('POST', '/api/v1/stages', lost);
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal((await change(body.id, { kind: 'won' })).status, 200);
  refused(await change(body.id, { kind: 'open' }));
  assert.equal((await change(body.id, { kind: 'open', required_fields: ['source'] })).status, 200);
  assert.equal((await change(body.id, { kind: 'won' })).status, 200);
  // As the program changes a stage: with its pipeline locked.
  const open = `with p as (select id from pipeline where id = $2 for update)
    update stage s set kind = 'open' from p where s.id = $1 and s.pipeline_id = p.id`;
  refused(await whileChanging(app, open, [body.id, pipeline_id], () => change(body.id, asks)));
});

test('a retired field is not asked for, until it is brought back', async () => {
  const pipeline = (await api('POST', '/api/v1/pipelines', { name: 'Retiring' })).body;
  const [first, second] = pipeline.stages;
  const definition = { resource: 'deal', key: 'budget', label: 'Budget', type: 'text' };
  const field = `/api/v1/custom-fields/${(await api('POST', '/api/v1/custom-fields', definition)).body.id}`;
  for (const { id } of [first, second])
    await api('PATCH', `/api/v1/stages/${id}`, { required_fields: ['custom.budget', 'source'] });
  const create = () => api('POST', '/api/v1/deals', { name: 'Deal', pipeline_id: pipeline.id, source: 'Fair' });
  assert.deepEqual(missing(await create()), ['custom.budget']);

  assert.equal((await api('DELETE', field)).status, 204);
  const shown = (await api('GET', `/api/v1/pipelines/${pipeline.id}`)).body.stages[0].required_fields;
  assert.deepEqual(shown, ['source']);
  const renamed = await api('PATCH', `/api/v1/stages/${first.id}`, { name: 'Renamed', required_fields: shown });
  assert.deepEqual([renamed.status, renamed.body.required_fields], [200, ['source']], JSON.stringify(renamed.body));
  const made = await create();
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const move = (id: string) => api('POST', `/api/v1/deals/${id}/moves`, { stage_id: second.id });
  assert.equal((await move(made.body.id)).status, 200);

  const { id } = (await create()).body;
  assert.equal((await api('POST', `${field}/restoration`)).status, 200);
  assert.deepEqual(missing(await create()), ['custom.budget']);
  assert.deepEqual(missing(await move(id)), ['custom.budget']);
});
