import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import type { MoneyTotal } from '../../src/modules/sales/currency/contract.ts';
import type { Dashboard } from '../../src/modules/sales/dashboard/contract.ts';
import { type Client, eventually, startTestApp, type TestApp } from '../harness/app.ts';
import { amountOf, evaluate, type Query } from './naive.ts';
import { makeWorld, type World, zone } from './world.ts';

const plurals: Record<string, string> = { activity: 'activities', company: 'companies' };
const totals: Record<string, string> = { deal: 'deal-totals', deal_product: 'deal-product-totals' };

suite('the figures', () => {
  let app: TestApp;
  let api: Client;
  let world: World;
  before(async () => {
    app = await startTestApp({ RATE_LIMIT_CALLER_PER_MINUTE: '100000', RATE_LIMIT_ADDRESS_PER_MINUTE: '100000' });
    ({ api, world } = await makeWorld(app));
  });
  after(() => app.stop());

  const read = async (query: object): Promise<Dashboard> => {
    const { status, body } = await api(
      'GET',
      `/api/v1/analytics/dashboard?${new URLSearchParams(query as Record<string, string>)}`,
    );
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };

  const days = fc.constantFrom(
    '2025-03-09',
    '2025-03-10',
    '2025-11-01',
    '2025-11-02',
    '2025-06-30',
    '2025-12-31',
    '2024-12-01',
  );
  const queries = () =>
    fc
      .record({
        from: fc.option(days, { nil: undefined }),
        to: fc.option(days, { nil: undefined }),
        period: fc.constantFrom('day', 'week', 'month', 'quarter', 'year'),
        pipeline_id: rarely(world.stages.map((stage) => stage.pipeline_id)),
        owner_id: rarely(world.people),
        team_id: rarely([...world.teams.keys()]),
        product_id: rarely(world.products),
        region: rarely(['Lazio', 'Oslo']),
        region_of: rarely(['company', 'team']),
      })
      .map(({ from, to, ...rest }) =>
        from && to && from > to ? { from: to, to: from, ...rest } : { from, to, ...rest },
      )
      .map(
        (query) =>
          Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as unknown as Query,
      );

  test('are those that come out when every record is looked at in memory', async () => {
    await fc.assert(
      fc.asyncProperty(queries(), async (query) => {
        assert.deepEqual(bare(await read(query)), expected(evaluate(world, query)));
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  /** What deals of a list that have products and no amount count as: the list itself adds up amounts. */
  const fromProducts = async (filter: object | null) => {
    const without = { field: 'amount', op: 'is_empty' };
    const search = new URLSearchParams({
      limit: '200',
      filter: JSON.stringify(filter ? { and: [filter, without] } : without),
    });
    const { body } = await api('GET', `/api/v1/deals?${search}`);
    return body.data.map(({ id, currency }: { id: string; currency: string }) => ({
      amount: amountOf(world.deals.find((deal) => deal.id === id)!).toString(),
      currency,
    }));
  };

  test('each leads to the rows that it counts and adds up', async () => {
    const seen = new Set<string>();
    for (const query of [
      { period: 'quarter' },
      { from: '2025-03-09', to: '2025-11-02', period: 'month', team_id: [...world.teams.keys()][0]! },
      { region: 'Lazio', period: 'year' },
      { region_of: 'team', period: 'year' },
      { region_of: 'team', region: 'Oslo', period: 'year' },
      { product_id: world.products[0]!, period: 'year', to: '2025-06-30' },
    ]) {
      for (const figure of figuresOf(await read(query))) {
        const key = JSON.stringify(figure);
        if (seen.has(key)) continue;
        seen.add(key);
        const { resource, filter } = figure.rows;
        const worth = resource === 'deal' || resource === 'deal_product';
        const search = new URLSearchParams({
          limit: '1',
          count: 'exact',
          ...(worth && { sums: 'amount' }),
          ...(filter && { filter: JSON.stringify(filter) }),
        });
        const { status, body } = await api(
          'GET',
          `/api/v1/${plurals[resource] ?? `${resource.replace('_', '-')}s`}?${search}`,
        );
        assert.equal(status, 200, JSON.stringify(body));
        assert.equal(body.total, figure.count, key);
        if (!figure.value) continue;
        const more = resource === 'deal' ? await fromProducts(filter) : [];
        assert.deepEqual(moneys(together(body.sums.amount, more)), moneys(figure.value), key);
        const total = async (more: object) => {
          const search = new URLSearchParams({ ...(filter && { filter: JSON.stringify(filter) }), ...more });
          return withoutNothing((await api('GET', `/api/v1/${totals[resource]}?${search}`)).body);
        };
        assert.deepEqual(await total({}), withoutNothing(figure.total!), key);
        if (!figure.weighted_total) continue;
        assert.deepEqual(await total({ weighted: 'true' }), withoutNothing(figure.weighted_total), key);
      }
    }
    assert.ok(seen.size > 300, `${seen.size} figures`);
  });

  test('a day whose clock changes at midnight is a day like others', async () => {
    const day = async (date: string) => (await read({ from: date, to: date, period: 'day' })).activity;
    for (const [date, before, first, last, after] of [
      ['2026-03-08', '04:59:59', '05:00:00', '03:59:59', '04:00:00'],
      ['2026-11-01', '03:59:59', '04:00:00', '04:59:59', '05:00:00'],
    ] as const) {
      const next = date === '2026-03-08' ? '2026-03-09' : '2026-11-02';
      const { id } = (await api('POST', '/api/v1/contacts', { given_name: zone })).body;
      const moments = [`${date}T${before}Z`, `${date}T${first}Z`, `${next}T${last}Z`, `${next}T${after}Z`];
      const data = moments.map((occurred_at) => ({
        kind: 'call',
        subject: 'x',
        records: [{ type: 'contact', id }],
        occurred_at,
      }));
      assert.equal((await api('POST', '/api/v1/activities/bulk', { data })).status, 201);
      const { calls, by_period } = await day(date);
      assert.deepEqual([calls.count, by_period.map(({ from, calls: { count } }) => [from, count])], [2, [[date, 2]]]);
    }
  });

  test('amounts are converted by the rates of their days, and an amount without a rate is told, not counted', async () => {
    const board = await read({});
    assert.deepEqual(board.rates, [
      { currency: 'EUR', rate: '1.1525' },
      { currency: 'GBP', rate: '1.2678901234' },
      { currency: 'JPY', rate: '0.0071234567' },
    ]);
    for (const { total } of [board.open, board.won, board.lost])
      assert.ok(total.without_rate.some(({ currency }) => currency === 'CHF'));
    assert.ok(
      board.won.total.without_rate.some(({ currency }) => currency === 'EUR'),
      'closed before its first rate',
    );
    assert.ok(!board.open.total.without_rate.some(({ currency }) => currency === 'EUR'));
  });

  test('a new rate shows soon', async () => {
    const before = await read({ region: 'Lazio' });
    const rate = { currency: 'CHF', valid_on: '2020-01-01', rate: '1.1234' };
    const made = await api('POST', '/api/v1/currency-rates', rate);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    try {
      assert.ok(before.open.total.without_rate.some(({ currency }) => currency === 'CHF'));
      const after = await eventually(async () => {
        const now = await read({ region: 'Lazio' });
        return now.open.total.without_rate.some(({ currency }) => currency === 'CHF') ? undefined : now;
      });
      assert.deepEqual(
        bare(after),
        expected(evaluate({ ...world, rates: [...world.rates, rate] }, { region: 'Lazio', period: 'month' })),
      );
    } finally {
      await api('DELETE', `/api/v1/currency-rates/${made.body.id}`);
    }
  });

  test('ranges are counted from today where the workspace is', async () => {
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date());
    const month = await read({ range: 'this_month' });
    assert.deepEqual([month.from, month.to], [`${today.slice(0, 7)}-01`, today]);
    const all = await read({ range: 'all' });
    assert.deepEqual([all.from, all.to], [null, null]);
  });
});

const rarely = <T>(values: T[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...values) });

type Money = { amount: string; currency: string }[];
interface Figure {
  count: number;
  value?: Money;
  total?: MoneyTotal;
  weighted_total?: MoneyTotal;
  rows: Dashboard['open']['rows'];
}

/** By currency; zero is nothing. */
const moneys = (value: Money) =>
  Object.fromEntries(
    value.filter(({ amount }) => Number(amount) !== 0).map(({ amount, currency }) => [currency, amount]),
  );

/** By currency, with what else there is. */
const together = (value: Money, more: Money): Money =>
  [...Map.groupBy([...value, ...more], ({ currency }) => currency)].map(([currency, of]) => ({
    currency,
    amount: Decimal.sum(...of.map(({ amount }) => amount)).toFixed(currency === 'JPY' ? 0 : 2),
  }));

const withoutNothing = (total: MoneyTotal) => ({ ...total, without_rate: moneys(total.without_rate) });

function figuresOf(value: unknown): Figure[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'rows' in value && 'count' in value ? [value as Figure] : [];
  return [...own, ...Object.values(value).flatMap(figuresOf)];
}

/** Numbers alone: groups by their key, sums by their currency. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) {
    if (value.every((item) => 'currency' in item)) return value.length === 0 ? {} : moneys(value);
    return withoutEmpty(Object.fromEntries(value.map((item) => [keyOf(item), bare(item)])));
  }
  if (typeof value !== 'object' || value === null) return value;
  const left = [
    'rows',
    'from',
    'to',
    'contacts',
    'companies',
    'owner',
    'team',
    'product',
    'stage',
    'owner_id',
    'team_id',
    'product_id',
    'pipeline_id',
    'pipeline',
    'region',
    'rates',
  ];
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !left.includes(key))
      .map(([key, part]) => [key, key === 'by_product' ? withoutShares(bare(part)) : bare(part)]),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: of any shape
function keyOf(item: any): string {
  for (const key of ['owner_id', 'team_id', 'product_id', 'region']) if (key in item) return item[key] ?? 'none';
  return item.stage?.id ?? item.from ?? 'none';
}

/** As the answer is compared. */
function expected(figures: ReturnType<typeof evaluate>) {
  return { ...figures, by_product: withoutShares(figures.by_product), conversion: withoutEmpty(figures.conversion) };
}

const shares = new Set(['value', 'total', 'weighted_value', 'weighted_total']);
/** What a product's part of a deal's amount is, the rows behind it say. */
const withoutShares = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part) => (shares.has(key) ? undefined : part)));

/** Without groups in which nothing is: the answer has all stages, and the periods between. */
function withoutEmpty(groups: object): object {
  return Object.fromEntries(Object.entries(groups).filter(([, group]) => countIn(group) > 0));
}

const countIn = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 0
    : Object.entries(value).reduce((sum, [key, part]) => sum + (key === 'count' ? (part as number) : countIn(part)), 0);
