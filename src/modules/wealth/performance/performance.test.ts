import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { averageCost } from './average-cost.ts';
import { type CashFlow, moneyWeightedReturn } from './money-weighted.ts';
import { type DayValue, type ExternalFlow, timeWeightedReturn } from './time-weighted.ts';

const flows = (...given: [string, number][]): CashFlow[] => given.map(([date, amount]) => ({ date, amount }));
const values = (...given: [string, number][]): DayValue[] => given.map(([date, value]) => ({ date, value }));
const external = (...given: [string, number | null][]): ExternalFlow[] =>
  given.map(([date, amount]) => ({ date, amount }));
const near = (actual: number | null | undefined, expected: number, within = 1e-9) =>
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) <= within, `${actual} is not ${expected}`);

test('the money-weighted return is that of spreadsheets', () => {
  // The example in the documentation of XIRR.
  const excel = flows(
    ['2008-01-01', -10_000],
    ['2008-03-01', 2_750],
    ['2008-10-30', 4_250],
    ['2009-02-15', 3_250],
    ['2009-04-01', 2_750],
  );
  near(moneyWeightedReturn(excel).rate, 0.373362535, 5e-9);
  near(moneyWeightedReturn(flows(['2010-01-01', -200], ['2010-12-31', 210])).rate, 0.050140747, 5e-9);
});

test('where several rates fit, or none, none is chosen and the reason is said', () => {
  const two = moneyWeightedReturn(flows(['2010-01-01', -1_000], ['2011-01-01', 2_700], ['2012-01-01', -1_800]));
  assert.deepEqual([two.rate, 'why' in two && two.why], [null, 'several_roots']);
  assert.deepEqual(
    two.roots.map((rate) => rate.toFixed(6)),
    ['0.200000', '0.500000'],
  );
  const reasonOf = (given: CashFlow[]) => {
    const found = moneyWeightedReturn(given);
    return found.rate === null ? found.why : found.rate;
  };
  // What was paid in and out on one day was never invested.
  assert.equal(reasonOf(flows(['2010-01-01', -1_000], ['2010-01-01', 1_000], ['2010-06-01', 100])), 'one_sign');
  assert.equal(reasonOf(flows(['2010-01-01', -100], ['2010-06-01', -100])), 'one_sign');
  assert.equal(reasonOf([]), 'no_flows');
  assert.equal(reasonOf(flows(['2010-01-01', 100], ['2011-01-01', -200], ['2012-01-01', 150])), 'no_root');
});

test('a rate below −80 % and a gain within a day are found', () => {
  near(moneyWeightedReturn(flows(['2020-01-01', -1_000], ['2021-01-01', 100])).rate, 0.1 ** (365 / 366) - 1);
  near(moneyWeightedReturn(flows(['2021-01-01', -1_000], ['2021-01-03', 1_010])).rate, 1.01 ** (365 / 2) - 1, 1e-7);
});

test('at the rate found, the flows are worth nothing', () => {
  const day = (at: number) => new Date(Date.UTC(2015, 0, 1 + at)).toISOString().slice(0, 10);
  const generated = fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: -10_000, max: 10_000 })), {
    minLength: 2,
    maxLength: 12,
  });
  fc.assert(
    fc.property(generated, (given) => {
      const dated = given.map(([at, amount]) => ({ at, date: day(at), amount }));
      const { roots } = moneyWeightedReturn(dated);
      const begin = Math.min(...dated.filter(({ amount }) => amount !== 0).map(({ at }) => at));
      const scale = dated.reduce((sum, { amount }) => sum + Math.abs(amount), 0);
      for (const rate of roots) {
        const worth = dated.map(({ at, amount }) => amount * (1 + rate) ** (-(at - begin) / 365));
        const total = worth.reduce((sum, one) => sum + one, 0);
        const size = Math.max(scale, ...worth.map(Math.abs));
        assert.ok(Math.abs(total) <= 1e-6 * size, `${total} at ${rate}`);
      }
    }),
  );
});

test('Modified Dietz weighs a flow by the days that it worked', () => {
  const found = timeWeightedReturn(
    values(['2026-01-01', 100_000], ['2026-04-01', 112_000]),
    external(['2026-02-15', 10_000]),
  );
  near(found?.total, 0.01904762, 1e-8);
  assert.deepEqual([found?.method, found?.annual], ['modified_dietz', null]);
});

test('the daily return links days, with inflows from the morning or from the evening', () => {
  const on = (day: number) => `2026-01-0${day}`;
  const gains = [230, 200, -234.41, 293.99, 293.99, 195.99, -882.52, -1003.85];
  const moved: Record<number, number> = { 2: 200, 3: -400, 6: 5_400, 7: -3_697.04 };
  const held = [10_000];
  for (const [at, gain] of gains.entries()) held.push(held[at]! + gain + (moved[at + 1] ?? 0));
  const days = held.map((value, at) => ({ date: on(at + 1), value }));
  const in_out = Object.entries(moved).map(([day, amount]) => ({
    date: on(Number(day) + 1),
    amount,
  }));
  near(timeWeightedReturn(days, in_out)?.total, -0.056182678, 1e-9);
  near(timeWeightedReturn(days, in_out, 'at_end')?.total, -0.05000003, 1e-8);
  assert.equal(timeWeightedReturn(days, in_out)?.method, 'daily');
});

test('a return is never annualised under a year, and a stretch without capital is named', () => {
  const [short, long] = [
    values(['2026-01-01', 100], ['2026-12-31', 110]),
    values(['2024-01-01', 100], ['2026-01-01', 121]),
  ];
  assert.equal(timeWeightedReturn(short, [])?.annual, null);
  near(timeWeightedReturn(long, [])?.annual, 0.1, 1e-4);
  // Interest before any capital: the day has no return, the others have.
  const early = values(['2026-01-01', 0], ['2026-01-02', 5], ['2026-01-03', 105], ['2026-01-04', 110.25]);
  const found = timeWeightedReturn(early, external(['2026-01-03', 100]));
  near(found?.total, 0.05);
  assert.deepEqual(found?.gaps, [{ from: '2026-01-01', to: '2026-01-02', why: 'no_capital' }]);
  assert.equal(timeWeightedReturn(values(['2026-01-01', 5]), []), null);
  // What came in is unknown: its stretch is left out by name, and the others are linked.
  const given = timeWeightedReturn(
    values(['2026-01-01', 100], ['2026-01-02', 110], ['2026-01-03', 500], ['2026-01-04', 550]),
    external(['2026-01-03', null]),
  );
  near(given?.total, 0.21);
  assert.deepEqual(given?.gaps, [{ from: '2026-01-02', to: '2026-01-03', why: 'unknown_flow' }]);
});

test('what a client pays in or takes out does not change the return', () => {
  const day = (at: number) => new Date(Date.UTC(2020, 0, 1 + at)).toISOString().slice(0, 10);
  const generated = fc.array(
    fc.record({ growth: fc.integer({ min: -50, max: 50 }), flow: fc.integer({ min: -40, max: 400 }) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  );
  fc.assert(
    fc.property(generated, (days) => {
      let [value, expected] = [new Decimal(1_000), new Decimal(1)];
      const held = [{ date: day(0), value: 1_000 }];
      const moved: ExternalFlow[] = [];
      for (const [at, { growth, flow }] of days.entries()) {
        const factor = new Decimal(1_000 + growth).div(1_000);
        const into = Math.max(flow, 0);
        value = value
          .plus(into)
          .times(factor)
          .minus(into - flow);
        if (value.lte(0)) return;
        expected = expected.times(factor);
        held.push({ date: day(at + 1), value: value.toNumber() });
        if (flow !== 0) moved.push({ date: day(at + 1), amount: flow });
      }
      near(timeWeightedReturn(held, moved)?.total, expected.minus(1).toNumber(), 1e-12);
    }),
  );
});

test('the cost of what is held is known only where all of it is', () => {
  const cost = (...moves: [string, string | null, string | null, string?][]) =>
    averageCost(
      moves.map(([kind, quantity, amount, given]) => ({ kind, quantity, amount, cost: given ?? null })),
    )?.toFixed(2) ?? null;
  assert.equal(cost(['buy', '10', '-100'], ['buy', '10', '-200'], ['sell', '-5', '90']), '225.00');
  assert.equal(cost(['buy', '10', '-100'], ['split', '10', null], ['sell', '-5', '30']), '75.00');
  assert.equal(cost(['buy', '10', '-100'], ['return_of_capital', null, '30']), '70.00');
  assert.equal(cost(['transfer_in', '10', null, '80'], ['reinvestment', '1', '-9']), '89.00');
  assert.equal(cost(['transfer_in', '10', null], ['buy', '10', '-100']), null, 'nobody said what the first cost');
  assert.equal(
    cost(['transfer_in', '10', null], ['sell', '-10', '90'], ['buy', '1', '-9']),
    '9.00',
    'all of it is gone',
  );
  assert.equal(cost(['sell', '-5', '50'], ['buy', '10', '-100']), null, 'sold before it was there');
});
