import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { TransactionKind } from '../transaction/contract.ts';

/** What came in from outside, or left. Everything else is what became of it. */
const externalKinds: readonly TransactionKind[] = ['deposit', 'withdrawal', 'transfer_in', 'transfer_out'];
const incomeKinds: readonly TransactionKind[] = ['dividend', 'interest', 'capital_gain'];

/**
 * What a unit of a currency was worth in another at the end of a day, or on the last day before of which that is known;
 * null where it never was. Put into each statement, because PostgreSQL calls a function with such a query once a row,
 * which takes thirty times as long.
 */
const rateOn = (ctx: Context, of: RawBuilder<unknown>, other: string, day: RawBuilder<unknown>) =>
  sql`case when ${of} = ${other} then 1::numeric else coalesce(
    (select x.rate from exchange_rate x where x.tenant_id = ${ctx.tenant_id} and x.currency = ${of} and x.in_currency = ${other}
      and x.day <= ${day}
      order by x.day desc limit 1),
    (select 1 / x.rate from exchange_rate x where x.tenant_id = ${ctx.tenant_id} and x.currency = ${other} and x.in_currency = ${of}
      and x.day <= ${day}
      order by x.day desc limit 1)) end`;

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
  /** The same for ratios: a sum is exact where it is added, in the database. */
  worth: number;
  /** How many holdings have no price or rate until then. */
  missing: number;
  /** How many have one that is too old. */
  stale: number;
  /** Whether something was priced on this day. */
  priced: boolean;
  /** Null where securities or money came in or left of which no price or rate of then is known. */
  flow: string | null;
  fees: string;
}

/** On which days values are asked for. */
export interface DaysWanted {
  /** The last. */
  to: string;
  /** Other days on which a period begins: the last value until then is among the answer. */
  starts: readonly string[];
  /** About so many days in even steps; those on which a flow or a fee needs a value come on top of them. */
  points: number;
}

/**
 * What accounts were worth at the ends of days, from their first transaction on. Values are running sums of their
 * changes: of what is held at its last price, and of cash. So the cost is one row for each price that is used; where
 * there are more days than `points`, those between two days are not. A return is the same without them, for between two
 * flows it is the quotient of the values at the ends. Cash in other currencies is held like a security whose price is
 * the rate. A transfer between two of the accounts is internal on a day that has both of its sides; until the other
 * account has it, it is outside.
 */
export const readDays = (
  ctx: Context,
  ids: readonly string[],
  currency: string,
  { to, starts, points }: DaysWanted,
): Promise<DayFigures[]> =>
  ctx.tx.many(sql`
    with moved as materialized (
      select t.account_id, t.counter_account_id, t.traded_on as day, t.kind, t.security_id, t.quantity, t.amount, t.currency
      from account_transaction t where t.tenant_id = ${ctx.tenant_id} and t.account_id = any (${ids}::uuid[]) and t.traded_on <= ${to}::date
    ), met as (
      select m.day, least(m.account_id, m.counter_account_id) as one, greatest(m.account_id, m.counter_account_id) as other from moved m
      where m.counter_account_id is not null and m.kind = any (${externalKinds}) group by 1, 2, 3 having count(distinct m.account_id) = 2
    ), sided as materialized (
      select m.day, m.kind, m.security_id, m.quantity, m.amount, m.currency, m.kind = any (${externalKinds}) and e.day is null as is_external
      from moved m left join met e on e.day = m.day and e.one = least(m.account_id, m.counter_account_id)
        and e.other = greatest(m.account_id, m.counter_account_id)
    ), moves as (
      select m.security_id, s.currency, s.price_units, s.price_days, m.day, sum(m.quantity) as more,
        coalesce(sum(m.quantity) filter (where m.is_external), 0) as flow
      from sided m join financial_security s on s.tenant_id = ${ctx.tenant_id} and s.id = m.security_id where m.quantity <> 0 group by 1, 2, 3, 4, 5
      union all
      select null, m.currency, 1, null, m.day, sum(m.amount), coalesce(sum(m.amount) filter (where m.is_external), 0)
      from sided m where m.amount <> 0 and m.currency <> ${currency} group by m.currency, m.day
    ), changed as materialized (
      -- Numbers are sorted faster than identifiers.
      select m.*, (dense_rank() over (order by m.security_id, m.currency))::int as n from moves m
    ), assets as materialized (
      select c.n, c.security_id, c.currency, c.price_units, c.price_days, min(c.day) as since,
        case when sum(c.more) = 0 then max(c.day) else ${to}::date end as until from changed c group by 1, 2, 3, 4, 5
    ), quotes as materialized (
      -- With the day of the next one, and whether the price is too old before that.
      select q.*, coalesce(coalesce(q.next_day, q.until + 1) > q.day + q.price_days + 1, false) as is_gap from (
        select a.n, a.until, a.price_days, p.day, p.price, lead(p.day) over (partition by a.n order by p.day) as next_day
        from assets a join price p on p.tenant_id = ${ctx.tenant_id} and p.security_id = a.security_id and p.day > a.since and p.day <= a.until
      ) q
      union all
      select a.n, a.until, null, r.day, null, lead(r.day) over (partition by a.n order by r.day), false
      from assets a cross join lateral (select x.day from exchange_rate x where x.tenant_id = ${ctx.tenant_id} and x.day > a.since
        and x.day <= a.until and (x.currency, x.in_currency) in ((a.currency, ${currency}), (${currency}, a.currency)) group by x.day) r
      where a.security_id is null
    ), happened as (
      select d.day, bool_or(d.is_needed) as is_needed from (select q.day, bool_or(q.is_gap) as is_needed from quotes q group by q.day
        union all select m.day, m.is_external or m.kind = 'fee' from sided m) d group by d.day
    ), ranked as (
      select h.day, h.is_needed, lead(h.is_needed) over w as is_next_needed, lead(h.day) over w as next_day, row_number() over w - 1 as n,
        greatest(1, count(*) over () / ${points}::int) as step
      from happened h window w as (order by h.day)
    ), wanted as materialized (
      select r.day, min(r.day) filter (where r.n % r.step = 0 or r.is_needed or r.is_next_needed or r.next_day is null
        or exists (select from unnest(${starts}::date[]) s (day) where s.day >= r.day and s.day < r.next_day))
        over (order by r.day desc rows unbounded preceding) as until
      from ranked r
    ), series as (
      -- Of the prices between two wanted days the last one. Whether it is too old is told by those that follow, wanted or not.
      select a.n, p.day, false as is_move, 0::numeric as more, 0::numeric as flow, case when p.is_gap then a.price_days end as price_days,
        p.day as price_day, case
        when a.security_id is null then (${rateOn(ctx, sql`a.currency`, currency, sql`p.day`)})
        when a.currency <> ${currency} then p.price / a.price_units * (${rateOn(ctx, sql`a.currency`, currency, sql`p.day`)})
        when a.price_units = 1 then p.price else p.price / a.price_units end as price
      from quotes p join wanted w on w.day = p.day left join wanted v on v.day = p.next_day join assets a on a.n = p.n
      where v.until is distinct from w.until
      union all
      select c.n, c.day, true, c.more, c.flow, case when f.day <= p.day + c.price_days + 1 then null else c.price_days end, p.day,
        case when c.security_id is null then 1 else p.price / c.price_units end * (${rateOn(ctx, sql`c.currency`, currency, sql`c.day`)})
      from changed c left join lateral (select p.day, p.price from price p where p.tenant_id = ${ctx.tenant_id} and p.security_id = c.security_id
        and p.day <= c.day order by p.day desc limit 1) p on c.security_id is not null
      left join lateral (select min(p.day) as day from price p where p.tenant_id = ${ctx.tenant_id} and p.security_id = c.security_id
        and p.day > c.day) f on c.security_id is not null
    ), steps as materialized (
      -- What holds from its day on until the next price or move.
      select s.day, s.more, s.flow, s.price, s.price_day, sum(s.more) over w as quantity, lag(s.price) over w as price_before,
        coalesce(lead(s.day) over w, ${to}::date + 1) as next_day, s.price_day + s.price_days + 1 as stale_on
      from series s window w as (partition by s.n order by s.day, s.is_move rows unbounded preceding)
    ), events as (
      select s.day, case when s.more = 0 and s.price_before is not null then s.quantity * (s.price - s.price_before)
          else coalesce(s.quantity * s.price, 0) - coalesce((s.quantity - s.more) * s.price_before, 0) end as gain,
        case when s.flow <> 0 then s.flow * s.price end as flow, s.flow <> 0 and (s.price is null or coalesce(s.stale_on <= s.day, false)) as is_unknown, 0::numeric as fees,
        0 as missing, 0 as stale, s.price_day = s.day and (s.quantity <> 0 or s.more <> 0) as priced
      from steps s
      union all
      select m.day, sum(m.amount), sum(m.amount) filter (where m.is_external), false, 0, 0, 0, false
      from sided m where m.amount <> 0 and m.currency = ${currency} group by m.day
      union all
      select m.day, 0, 0, false, sum(m.amount) * (${rateOn(ctx, sql`m.currency`, currency, sql`m.day`)}), 0, 0, false
      from sided m where m.amount <> 0 and m.kind = 'fee' group by m.day, m.currency
      union all
      select e.day, 0, 0, false, 0, e.more, 0, false from steps s cross join lateral (values (s.day, 1), (s.next_day, -1)) e (day, more)
      where s.price is null and s.quantity <> 0
      union all
      select e.day, 0, 0, false, 0, 0, e.more, false
      from steps s cross join lateral (values (greatest(s.day, s.stale_on), 1), (s.next_day, -1)) e (day, more)
      where s.price is not null and s.stale_on < s.next_day and s.quantity <> 0
    )
    select d.* from (
      select e.day::text, round(sum(sum(e.gain)) over w, 2) as value, (sum(sum(e.gain)) over w)::float8 as worth,
        (sum(sum(e.missing)) over w)::int as missing, (sum(sum(e.stale)) over w)::int as stale, coalesce(bool_or(e.priced), false) as priced,
        case when not bool_or(e.is_unknown) then coalesce(sum(e.flow), 0) end as flow, coalesce(-sum(e.fees), 0) as fees
      from events e where e.day <= ${to}::date group by e.day window w as (order by e.day)
    ) d where not exists (select from wanted w where w.day = d.day::date and w.until > w.day) order by d.day`);

/** What a security cost at the beginning of periods, or on its first day after that, and at their end. */
export const readPricesAt = (
  ctx: Context,
  security_id: string,
  periods: readonly { from: string; to: string }[],
): Promise<{ from: string; to: string; first_day: string; first: string; last_day: string; last: string }[]> =>
  ctx.tx.many(sql`select a.day::text as "from", a.until::text as "to", f.day::text as first_day, f.price as first, l.day::text as last_day,
    l.price as last
    from unnest(${periods.map(({ from }) => from)}::date[], ${periods.map(({ to }) => to)}::date[]) a (day, until)
    cross join lateral (select p.day, p.price from price p where p.tenant_id = ${ctx.tenant_id} and p.security_id = ${security_id}
      and p.day >=
      coalesce((select max(b.day) from price b where b.tenant_id = p.tenant_id and b.security_id = p.security_id and b.day <= a.day), a.day)
      order by p.day limit 1) f
    cross join lateral (select p.day, p.price from price p where p.tenant_id = ${ctx.tenant_id} and p.security_id = ${security_id}
      and p.day <= a.until
      order by p.day desc limit 1) l`);

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
 * What accounts hold on a day: what their transactions give; of an account without any, what its custodian last
 * reported.
 */
export const readHoldings = (ctx: Context, ids: readonly string[], currency: string, to: string): Promise<Holding[]> =>
  ctx.tx.many(sql`
    with moved as materialized (
      select t.account_id, t.security_id, t.currency, t.quantity, t.amount from account_transaction t
      where t.tenant_id = ${ctx.tenant_id} and t.account_id = any (${ids}::uuid[]) and t.traded_on <= ${to}::date
    ), reported as (
      select p.* from unnest(${ids}::uuid[]) a (id) join account_position p on p.tenant_id = ${ctx.tenant_id} and p.account_id = a.id
        and p.day = (select max(l.day) from account_position l where l.tenant_id = ${ctx.tenant_id} and l.account_id = a.id
          and l.day <= ${to}::date)
    ), held as (
      select m.account_id, m.security_id, null::char(3) as currency, sum(m.quantity) as quantity, null::numeric as value from moved m
      where m.quantity <> 0 group by 1, 2
      union all select m.account_id, null, m.currency, sum(m.amount), null from moved m where m.amount <> 0 group by 1, 3
      union all select r.account_id, r.security_id, r.currency, r.quantity, r.value from reported r
      where not exists (select from moved m where m.account_id = r.account_id)
    ), priced as (
      select h.account_id, h.security_id, s.name, coalesce(s.asset_class, 'cash') as asset_class,
        coalesce(s.currency, h.currency) as currency, h.quantity,
        p.price, p.day as price_day, s.id is not null and h.value is null and ${to}::date - p.day > s.price_days as is_stale,
        coalesce(h.value, case when s.id is null then h.quantity else h.quantity * p.price / s.price_units end) as own_value
      from held h left join financial_security s on s.tenant_id = ${ctx.tenant_id} and s.id = h.security_id
      left join lateral (select p.price, p.day from price p where p.tenant_id = ${ctx.tenant_id} and p.security_id = h.security_id
        and p.day <= ${to}::date
        order by p.day desc limit 1) p on true
      where h.quantity <> 0
    )
    select p.account_id, p.security_id, p.name, p.asset_class, p.currency, p.quantity, p.price, p.price_day::text,
      coalesce(p.is_stale, false) as is_stale,
      p.own_value, p.own_value * (${rateOn(ctx, sql`p.currency`, currency, sql`${to}::date`)}) as value, r.cost as reported_cost
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

/**
 * What was done with securities that accounts hold, in order, without what was set off and what set it off. What set
 * something off may be set off itself, and then the first holds again.
 */
export const readCostRows = (ctx: Context, ids: readonly string[], to: string): Promise<CostRow[]> =>
  ctx.tx.many(sql`with recursive chain as (
      select r.reverses_id as id, r.id as last, true as is_off from account_transaction r join account_transaction t
        on t.tenant_id = r.tenant_id
        and t.id = r.reverses_id where r.tenant_id = ${ctx.tenant_id} and r.account_id = any (${ids}::uuid[]) and t.reverses_id is null
      union all select c.id, r.id, not c.is_off from chain c join account_transaction r on r.tenant_id = ${ctx.tenant_id}
        and r.reverses_id = c.last
    )
    select t.account_id, t.security_id, t.kind, t.quantity, t.amount, t.cost from account_transaction t
    where t.tenant_id = ${ctx.tenant_id} and t.account_id = any (${ids}::uuid[]) and t.traded_on <= ${to}::date
      and t.security_id is not null
      and t.reverses_id is null and (t.quantity <> 0 or t.kind = 'return_of_capital')
      and not exists (select from chain c where c.id = t.id and c.is_off
        and not exists (select from account_transaction r where r.tenant_id = t.tenant_id and r.reverses_id = c.last))
    order by t.traded_on, t.id`);

export const readIncome = async (ctx: Context, ids: readonly string[], currency: string, to: string): Promise<string> =>
  (
    await ctx.tx.one<{
      income: string;
    }>(sql`select coalesce(sum(t.amount * (${rateOn(ctx, sql`t.currency`, currency, sql`t.traded_on`)})), 0) as income
      from account_transaction t where t.tenant_id = ${ctx.tenant_id} and t.account_id = any (${ids}::uuid[])
        and t.traded_on <= ${to}::date and t.traded_on > ${to}::date - interval '1 year' and t.kind = any (${incomeKinds})`)
  ).income;
