import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import pg from 'pg';
import { type Client, startTestApp, type TestApp } from '../../../../test/harness/app.ts';
import { presetRoles } from '../../../kernel/access/rights.ts';
import { sql } from '../../../kernel/database/database.ts';
import { type Actor, type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { readBoard } from './service.ts';

interface Column {
  stage: { id: string; kind: string };
  count: number;
  rotting_count: number;
  amounts: { amount: string; currency: string }[];
  cards: { id: string; name: string; rotting: boolean }[];
  next: { filter: string; sort: string; cursor: string } | null;
}

suite('the board', () => {
  let app: TestApp;
  let tenant_id: string;
  let api: Client;
  let advisor: Client;
  let advisor_id: string;
  let foreign: Client;
  let pipelines = 0;
  before(async () => {
    app = await startTestApp();
    const tenant = await app.tenant();
    tenant_id = tenant.tenant_id;
    ({ api } = await tenant.as('manager'));
    ({ api: advisor, user_id: advisor_id } = await tenant.as('advisor'));
    ({ api: foreign } = await (await app.tenant()).as('manager'));
  });
  after(() => app.stop());

  const pipeline = async (): Promise<{ id: string; stages: { id: string }[] }> =>
    (await api('POST', '/api/v1/pipelines', { name: `Pipeline ${++pipelines}` })).body;
  const bulk = async (data: object[], as = api): Promise<{ id: string }[]> => {
    const { status, body } = await as('POST', '/api/v1/deals/bulk', { data });
    assert.equal(status, 201, JSON.stringify(body));
    return body.data;
  };
  const columns = async (id: string, query = '', as = api): Promise<Column[]> => {
    const { status, body } = await as('GET', `/api/v1/pipelines/${id}/board${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.columns;
  };

  test('an empty pipeline has its columns, each with nothing in the currency of the tenant', async () => {
    const { id, stages } = await pipeline();
    const shown = await columns(id);
    assert.deepEqual(
      shown.map((column) => column.stage.id),
      stages.map((stage) => stage.id),
    );
    for (const column of shown) {
      assert.deepEqual(
        [column.count, column.amounts, column.cards, column.next],
        [0, [{ amount: '0.00', currency: 'USD' }], [], null],
      );
    }
  });

  test('columns count and sum all their deals, a currency at a time, trash and other pipelines left out', async () => {
    const { id, stages } = await pipeline();
    const [stage_id, second] = [stages[0]!.id, stages[1]!.id];
    const made = await bulk([
      ...['0.10', '0.20', '999999999999999.99', '-5.00'].map((amount) => ({ name: 'USD', stage_id, amount })),
      { name: 'JPY', stage_id, amount: '700', currency: 'JPY' },
      { name: 'None yet', stage_id },
      { name: 'Elsewhere', stage_id: second, amount: '3.00' },
    ]);
    await api('DELETE', `/api/v1/deals/${made[3]!.id}`);
    await bulk([{ name: 'Other pipeline', pipeline_id: (await pipeline()).id, amount: '1.00' }]);
    const [first, next] = await columns(id);
    assert.equal(first!.count, 5);
    assert.deepEqual(first!.amounts, [
      { amount: '700', currency: 'JPY' },
      { amount: '1000000000000000.29', currency: 'USD' },
    ]);
    assert.deepEqual([next!.count, next!.amounts], [1, [{ amount: '3.00', currency: 'USD' }]]);
  });

  test('a filter on a field of the workspace holds for sums and cards alike', async () => {
    const { id, stages } = await pipeline();
    const field = { resource: 'deal', key: 'region', label: 'Region', type: 'text' };
    assert.equal((await api('POST', '/api/v1/custom-fields', field)).status, 201);
    await bulk(
      ['North', 'South', 'North'].map((region) => ({
        name: region,
        stage_id: stages[0]!.id,
        amount: '1.00',
        custom: { region },
      })),
    );
    const filter = JSON.stringify({ field: 'custom.region', op: 'eq', value: 'North' });
    const [column] = await columns(id, `?filter=${encodeURIComponent(filter)}`);
    assert.deepEqual([column!.count, column!.amounts[0]!.amount, column!.cards.length], [2, '2.00', 2]);
  });

  test('the cards that are not shown follow in the list of deals, without gap or repetition', async () => {
    const { id, stages } = await pipeline();
    const made = await bulk(Array.from({ length: 25 }, (_, i) => ({ name: `Deal ${i}`, stage_id: stages[0]!.id })));
    const [column] = await columns(id, '?limit=10');
    const seen = column!.cards.map((card) => card.id);
    let next = column!.next;
    while (next) {
      const { filter, sort, cursor } = next;
      const query = new URLSearchParams({ filter, sort, cursor, limit: '10' });
      const { status, body } = await api('GET', `/api/v1/deals?${query}`);
      assert.equal(status, 200, JSON.stringify(body));
      seen.push(...body.data.map((row: { id: string }) => row.id));
      next = body.next_cursor && { filter, sort, cursor: body.next_cursor };
    }
    assert.deepEqual(
      seen,
      made.map((deal) => deal.id),
    );
  });

  test('a card left lying for longer than its stage allows is told apart', async () => {
    const { id, stages } = await pipeline();
    const stage_id = stages[0]!.id;
    await api('PATCH', `/api/v1/stages/${stage_id}`, { rotting_days: 7 });
    const [old] = await bulk([
      { name: 'Old', stage_id },
      { name: 'New', stage_id },
    ]);
    const age = sql`update deal set stage_entered_at = now() - interval '8 days' where id = ${old!.id}`;
    await withContext(app.app.services.db, systemActor(tenant_id), (ctx) => ctx.tx.run(age));
    const [column] = await columns(id);
    assert.deepEqual(
      column!.cards.map(({ name, rotting }) => [name, rotting]),
      [
        ['Old', true],
        ['New', false],
      ],
    );
    assert.equal(column!.rotting_count, 1);
  });

  test('a filter narrows cards, counts and sums alike', async () => {
    const { id, stages } = await pipeline();
    const stage_id = stages[0]!.id;
    await bulk([
      { name: 'Pumps for Oslo', stage_id, amount: '1.00' },
      { name: 'Hoses', stage_id, amount: '2.00' },
    ]);
    const filter = encodeURIComponent(JSON.stringify({ field: 'name', op: 'contains', value: 'oslo' }));
    const [column] = await columns(id, `?filter=${filter}`);
    assert.deepEqual(
      [column!.count, column!.cards.map((card) => card.name), column!.amounts[0]!.amount],
      [1, ['Pumps for Oslo'], '1.00'],
    );
    const oslo = { field: 'name', op: 'contains', value: 'oslo' };
    // As deep as docs/api.md lets a filter be.
    let deepest: object = oslo;
    for (let depth = 8; depth > 1; depth--) deepest = depth % 2 === 0 ? { and: [deepest] } : { or: [deepest] };
    const query = encodeURIComponent(JSON.stringify(deepest));
    assert.equal((await api('GET', `/api/v1/deals?filter=${query}`)).status, 200);
    assert.equal((await columns(id, `?filter=${query}`))[0]!.count, 1);
    const { status } = await api('GET', `/api/v1/pipelines/${id}/board?filter=nonsense`);
    assert.equal(status, 400);
  });

  test('the cards of a column come off an index in their order, as the role of the program', async () => {
    const { id, stages } = await pipeline();
    const { db } = app.app.services;
    const many = sql`insert into deal (tenant_id, name, pipeline_id, stage_id, status, position)
      select ${tenant_id}, 'Deal ' || i, ${id}, (${stages.map((stage) => stage.id)}::uuid[])[1 + i % 3], 'open', i
      from generate_series(1, 2000) i`;
    await withContext(db, systemActor(tenant_id), (ctx) => ctx.tx.run(many));
    const owner = new pg.Client({ connectionString: app.database.ownerUrl });
    await owner.connect();
    await owner.query('analyze deal').finally(() => owner.end());
    const plans: string[] = [];
    const actor: Actor = {
      ...systemActor(tenant_id),
      user_id: advisor_id,
      rights: presetRoles().find((role) => role.key === 'manager')!.rights,
    };
    await withContext(db, actor, (ctx) => {
      const explained: Context['tx'] = {
        ...ctx.tx,
        many: async (statement) => {
          const lines = await ctx.tx.many<{ 'QUERY PLAN': string }>(sql`explain ${statement}`);
          plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'));
          return ctx.tx.many(statement);
        },
      };
      return readBoard({ ...ctx, tx: explained }, id, { limit: 30 });
    });
    const pages = plans.filter((plan) => plan.startsWith('Limit'));
    assert.equal(pages.length, stages.length);
    for (const plan of pages) {
      assert.match(plan, /Index Scan using deal_board on deal r/);
      assert.doesNotMatch(plan.split('SubPlan')[0]!, /Sort/);
    }
    assert.ok(plans.length <= stages.length + 1, `${plans.length} lists read`);
  });

  test('shows what the caller may see, and nothing of another tenant', async () => {
    const { id, stages } = await pipeline();
    const stage_id = stages[0]!.id;
    await bulk([{ name: 'Of the manager', stage_id, amount: '5.00' }]);
    await bulk([{ name: 'Of the adviser', stage_id, amount: '7.00' }], advisor);
    const [column] = await columns(id, '', advisor);
    assert.deepEqual(
      [column!.count, column!.cards.map((card) => card.name), column!.amounts],
      [1, ['Of the adviser'], [{ amount: '7.00', currency: 'USD' }]],
    );
    assert.equal((await foreign('GET', `/api/v1/pipelines/${id}/board`)).status, 404);
  });
});
