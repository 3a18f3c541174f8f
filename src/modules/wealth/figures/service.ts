import { Decimal } from 'decimal.js';
import type { z } from 'zod';
import { problems } from '../../../kernel/errors/problem.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { tenantCurrency } from '../../../kernel/tenancy/currency.ts';
import {
  averageCost,
  type CashFlow,
  type DayValue,
  type ExternalFlow,
  moneyWeightedReturn,
  timeWeightedReturn,
} from '../performance/index.ts';
import { readToday } from '../period.ts';
import type { Holdings, PerformanceQuery, performance } from './contract.ts';
import {
  type Account,
  type DayFigures,
  type DaysWanted,
  type Holding,
  readAccounts,
  readCostRows,
  readDays,
  readHoldings,
  readIncome,
  readPricesAt,
  readSecurityName,
} from './queries.ts';

type Performance = z.output<typeof performance>;
type Scope = { household_id: string } | { id: string };

const day_ms = 86_400_000;
const year_days = 365;
/** A chart is no wider. */
const value_points = 250;
/** More than there are days of dates. */
const every_day = 1_000_000;
const money = (amount: Decimal) => amount.toFixed(2);

/** Of one account its own currency; of a household that of the workspace. */
async function accountsOf(
  ctx: Context,
  scope: Scope,
): Promise<{ accounts: Account[]; currency: string; today: string }> {
  const [accounts, common, today] = await Promise.all([readAccounts(ctx, scope), tenantCurrency(ctx), readToday(ctx)]);
  const currency = 'id' in scope && accounts[0] ? accounts[0].currency : common;
  return { accounts, currency, today };
}

/**
 * The return of an account, or of the accounts of a household that the firm manages. Where accounts pay each other,
 * nothing came in or left.
 */
export async function readPerformance(ctx: Context, scope: Scope, query: PerformanceQuery): Promise<Performance> {
  const { accounts: all, currency, today } = await accountsOf(ctx, scope);
  const accounts = 'id' in scope ? all : all.filter(({ kind }) => kind === 'managed');
  const counted = accounts.filter(({ first_on }) => first_on !== null);
  const named = ({ id, name }: Account) => ({ id, name });
  const until = query.to && query.to < today ? query.to : today;
  const ids = counted.map(({ id }) => id);
  const starts = [query.from, ...query.starts].filter((start) => start !== undefined);
  const days = ids.length === 0 ? [] : await daysOf(ctx, ids, currency, { to: until, starts });
  const whole = returnsOf(days, query.from, until);
  const periods = query.starts.map((start) => ({ start, ...returnsOf(days, start, until) }));
  const benchmark_id = query.benchmark_id ?? ('id' in scope ? accounts[0]?.benchmark_id : null) ?? null;
  const benchmarkOf = await benchmarks(ctx, benchmark_id, [whole, ...periods]);
  return {
    currency,
    accounts: counted.map(named),
    left_out: accounts
      .filter(({ first_on }) => first_on === null)
      .map((one) => ({ ...named(one), why: 'no_transactions' as const })),
    ...whole,
    values: valuesOf(days, query.from),
    benchmark: benchmarkOf(whole),
    periods: periods.map((period) => ({ ...period, benchmark: benchmarkOf(period) })),
  };
}

/**
 * Some days of a long time are enough while each is known and has capital at work. Otherwise all are read, for a return
 * begins and ends on the very day from which on, or until which, that holds.
 */
async function daysOf(
  ctx: Context,
  ids: readonly string[],
  currency: string,
  wanted: Omit<DaysWanted, 'points'>,
): Promise<DayFigures[]> {
  const some = await readDays(ctx, ids, currency, { ...wanted, points: value_points });
  const isSimple = some.every(({ missing, stale, worth }) => missing === 0 && stale === 0 && worth > 0);
  return isSimple || some.length < value_points ? some : readDays(ctx, ids, currency, { ...wanted, points: every_day });
}

type Period = Omit<Performance['periods'][number], 'start' | 'benchmark'>;

function valuesOf(days: readonly DayFigures[], from: string | undefined): Performance['values'] {
  const before = from === undefined ? undefined : days.findLast(({ day }) => day <= from);
  const inside = from === undefined ? days : days.filter(({ day }) => day > from);
  return [...(from !== undefined && before ? [{ ...before, day: from }] : []), ...inside].map(
    ({ day, value, missing, stale }) => ({ day, value: missing > 0 ? null : value, is_stale: stale > 0 }),
  );
}

/**
 * The figures of a period, from the days on which something happened. A return reaches as far as all prices are known
 * and none is stale.
 */
function returnsOf(days: readonly DayFigures[], from: string | undefined, until: string): Period {
  const isKnown = ({ missing, stale }: DayFigures) => missing === 0 && stale === 0;
  const isPriced = days.some(({ priced }) => priced);
  const before = from === undefined ? undefined : days.findLast(({ day }) => day <= from);
  const inside = days.filter(({ day }) => from === undefined || day > from);
  const valued = inside.filter((day) => isKnown(day) && (day.priced || !isPriced));
  const at = (date: string, { worth }: DayFigures): DayValue => ({ date, value: worth });
  const begin = from !== undefined && before && isKnown(before) ? [at(from, before)] : [];
  const first =
    begin.length === 0 && inside[0] && isKnown(inside[0]) && !valued.includes(inside[0])
      ? [at(inside[0].day, inside[0])]
      : [];
  const last = days.at(-1);
  const values = [...begin, ...first, ...valued.map((day) => at(day.day, day))];
  if (last && isKnown(last) && values.at(-1) && values.at(-1)!.date < until) values.push(at(until, last));
  const [start, end] = [values[0], values.at(-1)];
  const moved = inside.filter(({ day }) => (!start || day > start.date) && (!end || day <= end.date));
  const amounts = moved
    .map(({ day, flow, fees }) => ({ day, flow: flow === null ? null : new Decimal(flow), fees: new Decimal(fees) }))
    .filter(({ flow, fees }) => !flow?.isZero() || !fees.isZero());
  const flowsOf = (amountOf: (day: (typeof amounts)[number]) => Decimal | null): ExternalFlow[] =>
    amounts
      .map((day) => ({ date: day.day, amount: amountOf(day)?.toNumber() ?? null }))
      .filter(({ amount }) => amount !== 0);
  const flows = flowsOf(({ flow }) => flow);
  const sum = (decimals: (Decimal | null)[]) =>
    decimals.reduce<Decimal | null>((total, one) => total && one && total.plus(one), new Decimal(0));
  const paid = sum(amounts.map(({ flow }) => flow));
  return {
    from: start?.date ?? null,
    to: end?.date ?? null,
    net: said(timeWeightedReturn(values, flows)),
    gross: said(
      timeWeightedReturn(
        values,
        flowsOf(({ flow, fees }) => flow?.minus(fees) ?? null),
      ),
    ),
    money_weighted: moneyWeighted(start, end, flows),
    flows: paid && money(paid),
    fees: money(sum(amounts.map(({ fees }) => fees))!),
  };
}

function said(found: ReturnType<typeof timeWeightedReturn>): Period['net'] {
  if (!found) return null;
  const { total, annual, method, gaps } = found;
  return { total, annual, method, gaps: [...gaps] };
}

/** The rate of a year, which under a year is told only as that of the period. */
function moneyWeighted(
  start: DayValue | undefined,
  end: DayValue | undefined,
  flows: readonly ExternalFlow[],
): Period['money_weighted'] {
  const unknown = (why: string) => ({ total: null, annual: null, why, roots: [] });
  if (!start || !end || start.date >= end.date) return unknown('no_flows');
  if (flows.some(({ amount }) => amount === null)) return unknown('unknown_flow');
  const paid: CashFlow[] = [
    { date: start.date, amount: -start.value },
    ...flows.map(({ date, amount }) => ({ date, amount: -amount! })),
    { date: end.date, amount: end.value },
  ];
  const years = (Date.parse(end.date) - Date.parse(start.date)) / day_ms / year_days;
  const found = moneyWeightedReturn(paid);
  const inPeriod = (rate: number) => (years < 1 ? (1 + rate) ** years - 1 : rate);
  if (found.rate === null) return { total: null, annual: null, why: found.why, roots: found.roots.map(inPeriod) };
  return {
    total: (1 + found.rate) ** years - 1,
    annual: years < 1 ? null : found.rate,
    why: null,
    roots: found.roots.map(inPeriod),
  };
}

/** What a security returned in each of the periods that are asked for. */
async function benchmarks(
  ctx: Context,
  id: string | null,
  periods: readonly Period[],
): Promise<(period: Period) => Performance['benchmark']> {
  const known = periods.flatMap(({ from, to }) => (from && to ? [{ from, to }] : []));
  if (id === null || known.length === 0) return () => null;
  const [security, prices] = await Promise.all([readSecurityName(ctx, id), readPricesAt(ctx, id, known)]);
  if (!security) throw problems.notFound('security');
  return (period) => {
    if (!period.from || !period.to) return null;
    const found = prices.find(({ from, to }) => from === period.from && to === period.to);
    const returned =
      found && found.first_day < found.last_day
        ? timeWeightedReturn(
            [
              { date: found.first_day, value: Number(found.first) },
              { date: found.last_day, value: Number(found.last) },
            ],
            [],
          )
        : null;
    return { id, name: security.name, total: returned?.total ?? null, annual: returned?.annual ?? null };
  };
}

/**
 * What an account or a household has, what it cost, and how it is spread, today or on another day. What has no value is
 * counted, and in no sum.
 */
export async function holdingsOf(ctx: Context, scope: Scope, on?: string): Promise<Holdings> {
  const { accounts, currency, today: now } = await accountsOf(ctx, scope);
  const today = on ?? now;
  const ids = accounts.map(({ id }) => id);
  const [rows, costs, income] = await Promise.all([
    readHoldings(ctx, ids, currency, today),
    costsOf(ctx, ids, today),
    readIncome(ctx, ids, currency, today),
  ]);
  const of = new Map(accounts.map((account) => [account.id, account]));
  const worthOf = (keep: (row: Holding) => boolean) =>
    rows.filter(keep).reduce((sum, { value }) => sum.plus(value ?? 0), new Decimal(0));
  const kindOf = (kind: string) => money(worthOf(({ account_id }) => of.get(account_id)?.kind === kind));
  const assets = rows.filter(({ account_id, value }) => value !== null && of.get(account_id)?.kind !== 'liability');
  const spread = (keyOf: (row: Holding) => string | null) => {
    const sums = new Map<string | null, Decimal>();
    for (const row of assets) sums.set(keyOf(row), (sums.get(keyOf(row)) ?? new Decimal(0)).plus(row.value!));
    const total = [...sums.values()].reduce((sum, one) => sum.plus(one), new Decimal(0));
    return [...sums]
      .sort(([, a], [, b]) => b.comparedTo(a))
      .map(([key, value]) => ({ key, value: money(value), share: total.gt(0) ? value.div(total).toNumber() : null }));
  };
  return {
    currency,
    data: rows.map((row) => {
      const cost =
        row.security_id === null
          ? null
          : (row.reported_cost ?? costs.get(`${row.account_id} ${row.security_id}`) ?? null);
      return {
        account_id: row.account_id,
        security: row.security_id ? { id: row.security_id, name: row.name! } : null,
        asset_class: row.asset_class,
        currency: row.currency,
        quantity: new Decimal(row.quantity).toFixed(),
        price: row.price === null ? null : new Decimal(row.price).toFixed(),
        price_day: row.price_day,
        is_stale: row.is_stale,
        value: row.value === null ? null : money(new Decimal(row.value)),
        cost: cost === null ? null : money(new Decimal(cost)),
        gain: cost === null || row.own_value === null ? null : money(new Decimal(row.own_value).minus(cost)),
      };
    }),
    net_worth: {
      managed: kindOf('managed'),
      held_away: kindOf('held_away'),
      liability: kindOf('liability'),
      total: money(worthOf(() => true)),
    },
    without_value: rows.filter(({ value }) => value === null).length,
    income_year: money(new Decimal(income)),
    allocation: {
      asset_class: spread(({ asset_class }) => asset_class),
      currency: spread((row) => row.currency),
      custodian: spread(({ account_id }) => of.get(account_id)?.custodian ?? null),
    },
  };
}

/** By account and security; those of unknown cost are not in it. */
async function costsOf(ctx: Context, ids: readonly string[], to: string): Promise<Map<string, Decimal>> {
  const byHolding = Map.groupBy(
    await readCostRows(ctx, ids, to),
    ({ account_id, security_id }) => `${account_id} ${security_id}`,
  );
  return new Map(
    [...byHolding].flatMap(([key, moves]) => {
      const cost = averageCost(moves);
      return cost ? [[key, cost] as const] : [];
    }),
  );
}
