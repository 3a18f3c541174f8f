import { Decimal } from 'decimal.js';
import type { z } from 'zod';
import { problems } from '../../../kernel/errors/problem.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { tenantCurrency } from '../../../kernel/tenancy/currency.ts';
import {
  averageCost,
  type CashFlow,
  type DayValue,
  moneyWeightedReturn,
  timeWeightedReturn,
} from '../performance/index.ts';
import { readToday } from '../period.ts';
import type { Holdings, PerformanceQuery, performance } from './contract.ts';
import {
  type Account,
  type DayFigures,
  type Holding,
  readAccounts,
  readCostRows,
  readDays,
  readHoldings,
  readIncome,
  readPrices,
  readSecurityName,
} from './queries.ts';

type Performance = z.output<typeof performance>;
type Scope = { household_id: string } | { id: string };

const day_ms = 86_400_000;
const year_days = 365;
const money = (amount: Decimal) => amount.toFixed(2);

/** Of one account its own currency; of a household that of the workspace. */
async function accountsOf(
  ctx: Context,
  scope: Scope,
): Promise<{ accounts: Account[]; currency: string; today: string }> {
  const accounts = await readAccounts(ctx, scope);
  const currency = 'id' in scope && accounts[0] ? accounts[0].currency : await tenantCurrency(ctx);
  return { accounts, currency, today: await readToday(ctx) };
}

/** The return of an account, or of the accounts of a household that the firm manages. Where accounts pay each other, nothing came in or left. */
export async function readPerformance(ctx: Context, scope: Scope, query: PerformanceQuery): Promise<Performance> {
  const { accounts: all, currency, today } = await accountsOf(ctx, scope);
  const accounts = 'id' in scope ? all : all.filter(({ kind }) => kind === 'managed');
  const counted = accounts.filter(({ first_on }) => first_on !== null);
  const named = ({ id, name }: Account) => ({ id, name });
  const until = query.to && query.to < today ? query.to : today;
  const days =
    counted.length === 0
      ? []
      : await readDays(
          ctx,
          counted.map(({ id }) => id),
          currency,
          until,
        );
  const figures = returnsOf(days, query.from, until);
  const benchmark_id = query.benchmark_id ?? ('id' in scope ? accounts[0]?.benchmark_id : null) ?? null;
  return {
    currency,
    accounts: counted.map(named),
    left_out: accounts
      .filter(({ first_on }) => first_on === null)
      .map((one) => ({ ...named(one), why: 'no_transactions' as const })),
    ...figures,
    benchmark:
      benchmark_id && figures.from && figures.to
        ? await benchmarkOf(ctx, benchmark_id, figures.from, figures.to)
        : null,
  };
}

type Figures = Omit<Performance, 'currency' | 'accounts' | 'left_out' | 'benchmark'>;

/** The figures of a period, from the days on which something happened. A return reaches as far as all prices are known and none is stale. */
function returnsOf(days: readonly DayFigures[], from: string | undefined, until: string): Figures {
  const isKnown = ({ missing, stale }: DayFigures) => missing === 0 && stale === 0;
  const isPriced = days.some(({ priced }) => priced);
  const before = from === undefined ? undefined : days.findLast(({ day }) => day <= from);
  const inside = days.filter(({ day }) => from === undefined || day > from);
  const valued = inside.filter((day) => isKnown(day) && (day.priced || !isPriced));
  const at = (date: string, { value }: DayFigures): DayValue => ({ date, value: new Decimal(value) });
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
  const flows = moved
    .map(({ day, flow }) => ({ date: day, amount: new Decimal(flow) }))
    .filter(({ amount }) => !amount.isZero());
  const beforeFees = moved
    .map(({ day, flow, fees }) => ({ date: day, amount: new Decimal(flow).minus(fees) }))
    .filter(({ amount }) => !amount.isZero());
  const sum = (amounts: Decimal[]) => money(amounts.reduce((total, one) => total.plus(one), new Decimal(0)));
  return {
    from: start?.date ?? null,
    to: end?.date ?? null,
    values: [...(from !== undefined && before ? [{ ...before, day: from }] : []), ...inside].map(
      ({ day, value, missing, stale }) => ({
        day,
        value: missing > 0 ? null : money(new Decimal(value)),
        is_stale: stale > 0,
      }),
    ),
    net: said(timeWeightedReturn(values, flows)),
    gross: said(timeWeightedReturn(values, beforeFees)),
    money_weighted: moneyWeighted(start, end, flows),
    flows: sum(flows.map(({ amount }) => amount)),
    fees: sum(moved.map(({ fees }) => new Decimal(fees))),
  };
}

function said(found: ReturnType<typeof timeWeightedReturn>): Figures['net'] {
  if (!found) return null;
  const { total, annual, method, gaps } = found;
  return { total: total?.toNumber() ?? null, annual: annual?.toNumber() ?? null, method, gaps: [...gaps] };
}

/** The rate of a year, which under a year is told only as that of the period. */
function moneyWeighted(
  start: DayValue | undefined,
  end: DayValue | undefined,
  flows: readonly { date: string; amount: Decimal }[],
): Figures['money_weighted'] {
  if (!start || !end || start.date >= end.date) return { total: null, annual: null, why: 'no_flows', roots: [] };
  const paid: CashFlow[] = [
    { date: start.date, amount: -start.value.toNumber() },
    ...flows.map(({ date, amount }) => ({ date, amount: -amount.toNumber() })),
    { date: end.date, amount: end.value.toNumber() },
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

async function benchmarkOf(ctx: Context, id: string, from: string, to: string): Promise<Performance['benchmark']> {
  const found = await readSecurityName(ctx, id);
  if (!found) throw problems.notFound('security');
  const prices = await readPrices(ctx, id, from, to);
  const returned = timeWeightedReturn(
    prices.map(({ day, price }) => ({ date: day, value: new Decimal(price) })),
    [],
  );
  return {
    id,
    name: found.name,
    total: returned?.total?.toNumber() ?? null,
    annual: returned?.annual?.toNumber() ?? null,
  };
}

/** What an account or a household has, what it cost, and how it is spread. What has no value is counted, and in no sum. */
export async function holdingsOf(ctx: Context, scope: Scope): Promise<Holdings> {
  const { accounts, currency, today } = await accountsOf(ctx, scope);
  const ids = accounts.map(({ id }) => id);
  const [rows, costs, income] = [
    await readHoldings(ctx, ids, currency, today),
    await costsOf(ctx, ids, today),
    await readIncome(ctx, ids, currency, today),
  ];
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
