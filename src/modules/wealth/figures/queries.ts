import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { TransactionKind } from '../transaction/contract.ts';

/** What came in from outside, or left. Everything else is what became of it. */
const externalKinds: readonly TransactionKind[] = ['deposit', 'withdrawal', 'transfer_in', 'transfer_out'];
const incomeKinds: readonly TransactionKind[] = ['dividend', 'interest', 'capital_gain'];

export interface Account {
  id: string;
  name: string;
  kind: string;
  currency: string;
  custodian: string | null;
  benchmark_id: string | null;
  /** The first day of its transactions; null where it has none. */
  first_on: string | null;
}

/** The accounts of a household, or one account; each once, and only those that the caller sees. */
export const readAccounts = (ctx: Context, of: { household_id: string } | { id: string }): Promise<Account[]> =>
  ctx.tx.many(sql`select a.id, a.name, a.kind, a.currency, a.benchmark_id, c.name as custodian, (select min(t.traded_on)::text
      from account_transaction t where t.tenant_id = a.tenant_id and t.account_id = a.id) as first_on
    from financial_account a left join custodian c on c.tenant_id = a.tenant_id and c.id = a.custodian_id
    where a.tenant_id = ${ctx.tenant_id} and a.deleted_at is null
      and ${'id' in of ? sql`a.id = ${of.id}` : sql`a.household_id = ${of.household_id}`} order by a.name, a.id`);

export interface DayFigures {
  day: string;
  value: string;
  /** How many holdings have no price or rate until then. */
  missing: number;
  /** How many have one that is too old. */
  stale: number;
  /** Whether something was priced on this day. */
  priced: boolean;
  flow: string;
  fees: string;
}

/**
 * What accounts were worth on each day on which something happened, from their first transaction on. Values are running sums of their changes: what is
 * held times the change of its price, and what comes or goes times its price. So the cost is one row for each price of a time in which it was held.
 */
export const readDays = (ctx: Context, ids: readonly string[], currency: string, to: string): Promise<DayFigures[]> =>
  ctx.tx.many(sql`
    with moved as materialized (
      select t.traded_on as day, t.kind, t.security_id, t.quantity, t.amount, t.currency,
        t.kind = any (${externalKinds}) and coalesce(t.counter_account_id <> all (${ids}::uuid[]), true) as is_external
      from account_transaction t where t.tenant_id = ${ctx.tenant_id} and t.account_id = any (${ids}::uuid[]) and t.traded_on <= ${to}::date
    ), changed as (
      select m.security_id, s.currency, m.day, sum(m.quantity) as more, sum(m.quantity) filter (where m.is_external) as flow,
        s.price_units, s.price_days
      from moved m join financial_security s on s.tenant_id = ${ctx.tenant_id} and s.id = m.security_id
      where m.quantity <> 0 group by 1, 2, 3, s.price_units, s.price_days
    ), held as (
      select c.security_id, c.currency, c.day, c.more, c.flow, c.price_units, c.price_days,
        sum(c.more) over w as quantity, coalesce(lead(c.day) over w, 'infinity') as until, p.day as price_day,
        p.price / c.price_units * app.rate_on(c.currency, ${currency}, c.day) as price
      from changed c left join lateral (select p.day, p.price from price p where p.tenant_id = ${ctx.tenant_id}
        and p.security_id = c.security_id and p.day <= c.day order by p.day desc limit 1) p on true
      window w as (partition by c.security_id order by c.day)
    ), quoted as (
      select h.security_id, p.day, h.quantity, h.price_days,
        case h.currency when ${currency} then p.price / h.price_units else p.price / h.price_units * app.rate_on(h.currency, ${currency}, p.day) end as price,
        h.day as since, h.price as price_before, h.price_day as day_before
      from held h join price p on p.tenant_id = ${ctx.tenant_id} and p.security_id = h.security_id and p.day > h.day and p.day <= h.until
        and p.day <= ${to}::date
    ), steps as (
      select q.security_id, q.day, q.quantity, q.price, q.price_days,
        coalesce(lag(q.price) over w, q.price_before) as before, coalesce(lag(q.day) over w, q.day_before) as day_before
      from quoted q window w as (partition by q.security_id order by q.day)
    ), last_price as (
      select h.security_id, h.price_days, h.quantity, greatest(coalesce((select max(p.day) from price p where p.tenant_id = ${ctx.tenant_id}
        and p.security_id = h.security_id and p.day <= ${to}::date), '-infinity'), '-infinity') as day
      from held h where h.until = 'infinity' and h.quantity <> 0
    ), cash as (
      select m.currency, m.day, sum(m.amount) as more, sum(m.amount) filter (where m.is_external) as flow,
        sum(m.amount) filter (where m.kind = 'fee') as fees from moved m where m.amount <> 0 group by 1, 2
    ), foreign_cash as (
      select c.currency, c.day, sum(c.more) over w as quantity, coalesce(lead(c.day) over w, 'infinity') as until
      from cash c where c.currency <> ${currency} window w as (partition by c.currency order by c.day)
    ), revalued as (
      select r.day, f.quantity * (r.rate - app.rate_on(f.currency, ${currency}, r.day - 1)) as gain
      from foreign_cash f join exchange_rate r on r.tenant_id = ${ctx.tenant_id} and r.currency = f.currency and r.in_currency = ${currency}
        and r.day > f.day and r.day <= f.until and r.day <= ${to}::date
    ), events as (
      select h.day, coalesce(h.more * h.price, 0) as gain, coalesce(h.flow * h.price, 0) as flow, 0::numeric as fees, 0 as missing,
        0 as stale, coalesce(h.price_day = h.day, false) as priced
      from held h
      union all
      select c.day, coalesce(c.more * k.rate, 0), coalesce(c.flow * k.rate, 0), coalesce(c.fees * k.rate, 0), (k.rate is null)::int, 0, false
      from cash c cross join lateral app.rate_on(c.currency, ${currency}, c.day) k (rate)
      union all select s.day, s.quantity * (coalesce(s.price, 0) - coalesce(s.before, 0)), 0, 0, 0, 0, s.quantity <> 0 from steps s
      union all select r.day, coalesce(r.gain, 0), 0, 0, 0, 0, true from revalued r
      -- From its day on, until the first price or until it is gone.
      union all select h.day, 0, 0, 0, 1, 0, false from held h where h.quantity <> 0 and h.price is null
      union all select least(h.until, (select min(p.day) from price p where p.tenant_id = ${ctx.tenant_id} and p.security_id = h.security_id
        and p.day > h.day)), 0, 0, 0, -1, 0, false from held h where h.quantity <> 0 and h.price is null
      union all select s.day_before + s.price_days + 1, 0, 0, 0, 0, 1, false from steps s where s.quantity <> 0 and s.day - s.day_before > s.price_days
      union all select s.day, 0, 0, 0, 0, -1, false from steps s where s.quantity <> 0 and s.day - s.day_before > s.price_days
      union all select l.day + l.price_days + 1, 0, 0, 0, 0, 1, false from last_price l
        where l.day > '-infinity' and l.day + l.price_days < ${to}::date
    )
    select e.day::text, sum(sum(e.gain)) over w as value, (sum(sum(e.missing)) over w)::int as missing, (sum(sum(e.stale)) over w)::int as stale,
      bool_or(e.priced) as priced, sum(e.flow) as flow, -sum(e.fees) as fees
    from events e where e.day <= ${to}::date group by e.day window w as (order by e.day) order by e.day`);

/** The prices of a security, a day each. */
export const readPrices = (
  ctx: Context,
  security_id: string,
  from: string,
  to: string,
): Promise<{ day: string; price: string }[]> =>
  ctx.tx.many(sql`select p.day::text, p.price from price p where p.tenant_id = ${ctx.tenant_id} and p.security_id = ${security_id}
    and p.day between coalesce((select max(b.day) from price b where b.tenant_id = p.tenant_id and b.security_id = p.security_id and b.day <= ${from}::date),
      ${from}::date) and ${to}::date order by p.day`);

export const readSecurityName = (ctx: Context, id: string): Promise<{ name: string } | undefined> =>
  ctx.tx.maybe(sql`select name from financial_security where tenant_id = ${ctx.tenant_id} and id = ${id}`);

export interface Holding {
  account_id: string;
  security_id: string | null;
  name: string | null;
  asset_class: string;
  currency: string;
  quantity: string;
  price: string | null;
  price_day: string | null;
  is_stale: boolean;
  /** In the currency of the security. */
  own_value: string | null;
  /** In that of the answer. */
  value: string | null;
  /** As the custodian reported it of the same quantity. */
  reported_cost: string | null;
}

/**
 * What accounts hold on a day: what their transactions give; of an account without any, what its custodian last reported.
 */
export const readHoldings = (ctx: Context, ids: readonly string[], currency: string, to: string): Promise<Holding[]> =>
  ctx.tx.many(sql`
    with moved as materialized (
      select t.account_id, t.security_id, t.currency, t.quantity, t.amount from account_transaction t
      where t.tenant_id = ${ctx.tenant_id} and t.account_id = any (${ids}::uuid[]) and t.traded_on <= ${to}::date
    ), reported as (
      select p.* from unnest(${ids}::uuid[]) a (id) join account_position p on p.tenant_id = ${ctx.tenant_id} and p.account_id = a.id
        and p.day = (select max(l.day) from account_position l where l.tenant_id = ${ctx.tenant_id} and l.account_id = a.id and l.day <= ${to}::date)
    ), held as (
      select m.account_id, m.security_id, null::char(3) as currency, sum(m.quantity) as quantity, null::numeric as value from moved m
      where m.quantity <> 0 group by 1, 2
      union all select m.account_id, null, m.currency, sum(m.amount), null from moved m where m.amount <> 0 group by 1, 3
      union all select r.account_id, r.security_id, r.currency, r.quantity, r.value from reported r
      where not exists (select from moved m where m.account_id = r.account_id)
    ), priced as (
      select h.account_id, h.security_id, s.name, coalesce(s.asset_class, 'cash') as asset_class, coalesce(s.currency, h.currency) as currency, h.quantity,
        p.price, p.day as price_day, s.id is not null and h.value is null and ${to}::date - p.day > s.price_days as is_stale,
        coalesce(h.value, case when s.id is null then h.quantity else h.quantity * p.price / s.price_units end) as own_value
      from held h left join financial_security s on s.tenant_id = ${ctx.tenant_id} and s.id = h.security_id
      left join lateral (select p.price, p.day from price p where p.tenant_id = ${ctx.tenant_id} and p.security_id = h.security_id and p.day <= ${to}::date
        order by p.day desc limit 1) p on true
      where h.quantity <> 0
    )
    select p.account_id, p.security_id, p.name, p.asset_class, p.currency, p.quantity, p.price, p.price_day::text, coalesce(p.is_stale, false) as is_stale,
      p.own_value, p.own_value * app.rate_on(p.currency, ${currency}, ${to}::date) as value, r.cost as reported_cost
    from priced p left join reported r on r.account_id = p.account_id and r.security_id = p.security_id and r.quantity = p.quantity
    order by value desc nulls last, p.name, p.account_id`);

export interface CostRow {
  account_id: string;
  security_id: string;
  kind: string;
  quantity: string | null;
  amount: string | null;
  cost: string | null;
}

/** What was done with securities that accounts hold, in order, without what was set off and what set it off. */
export const readCostRows = (ctx: Context, ids: readonly string[], to: string): Promise<CostRow[]> =>
  ctx.tx.many(sql`select t.account_id, t.security_id, t.kind, t.quantity, t.amount, t.cost from account_transaction t
    where t.tenant_id = ${ctx.tenant_id} and t.account_id = any (${ids}::uuid[]) and t.traded_on <= ${to}::date and t.security_id is not null
      and t.reverses_id is null and (t.quantity <> 0 or t.kind = 'return_of_capital')
      and not exists (select from account_transaction r where r.tenant_id = t.tenant_id and r.reverses_id = t.id)
    order by t.traded_on, t.id`);

export const readIncome = async (ctx: Context, ids: readonly string[], currency: string, to: string): Promise<string> =>
  (
    await ctx.tx.one<{
      income: string;
    }>(sql`select coalesce(sum(t.amount * app.rate_on(t.currency, ${currency}, t.traded_on)), 0) as income
      from account_transaction t where t.tenant_id = ${ctx.tenant_id} and t.account_id = any (${ids}::uuid[])
        and t.traded_on <= ${to}::date and t.traded_on > ${to}::date - interval '1 year' and t.kind = any (${incomeKinds})`)
  ).income;
