import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { Move } from './cause.ts';

export interface Compared {
  account_id: string;
  account: string;
  household_id: string;
  household: string;
  day: string;
  security_id: string | null;
  security: string | null;
  currency: string | null;
  ours: string;
  theirs: string;
  difference: string;
  differs: boolean;
  accepted: { id: string; note: string; at: string } | null;
}

/** Accounts whose transactions are compared at once. */
const accounts_max = 2_000;

/**
 * What transactions give against the last positions of an account; of all that the caller sees (`id` is null) only what
 * differs. Cash is compared where the custodian gave it, securities where it gave any. Less than a ten-thousandth of a
 * unit, or half a cent, is rounding.
 */
export const readCompared = (ctx: Context, id: string | null): Promise<Compared[]> =>
  ctx.tx.many(sql`
    with report as materialized (
      select a.id as account_id, a.name as account, a.household_id, d.day from financial_account a, lateral (
        select max(p.day) as day from account_position p where p.tenant_id = a.tenant_id and p.account_id = a.id) d
      where a.tenant_id = ${ctx.tenant_id} and a.deleted_at is null and d.day is not null and (${id}::uuid is null or a.id = ${id}::uuid)
        and exists (select from account_transaction t where t.tenant_id = a.tenant_id and t.account_id = a.id)
      order by d.day desc, a.id limit ${accounts_max}
    ), theirs as (
      select r.account_id, p.security_id, case when p.security_id is null then p.currency end as currency, sum(p.quantity) as held
      from report r join account_position p on p.tenant_id = ${ctx.tenant_id} and p.account_id = r.account_id and p.day = r.day group by 1, 2, 3
    ), told as (
      select distinct t.account_id from theirs t where t.security_id is not null
    ), ours as (
      select r.account_id, t.security_id, null::char(3) as currency, sum(t.quantity) as held
      from report r join account_transaction t on t.tenant_id = ${ctx.tenant_id} and t.account_id = r.account_id and t.traded_on <= r.day
      where t.quantity <> 0 group by 1, 2
      union all select r.account_id, null, t.currency, sum(t.amount)
      from report r join account_transaction t on t.tenant_id = ${ctx.tenant_id} and t.account_id = r.account_id and t.traded_on <= r.day
      where t.amount <> 0 group by 1, 3
    ), compared as (
      select coalesce(x.account_id, o.account_id) as account_id, coalesce(x.security_id, o.security_id) as security_id,
        coalesce(x.currency, o.currency) as currency, coalesce(o.held, 0) as ours, coalesce(x.held, 0) as theirs
      from theirs x full join ours o on o.account_id = x.account_id
        and coalesce(o.security_id::text, o.currency) = coalesce(x.security_id::text, x.currency)
      where x.account_id is not null or (o.security_id is not null and o.account_id in (select account_id from told))
    ), counted as materialized (
      -- Chosen before names are looked up: of all accounts there are few.
      select c.* from (
        select c.*, theirs - ours as difference, abs(theirs - ours) >= case when currency is null then 0.0001 else 0.005 end as differs from compared c
      ) c where c.differs or ${id}::uuid is not null
    )
    select r.account_id, r.account, r.household_id, h.name as household, r.day::text, c.security_id, s.name as security, c.currency, trim_scale(c.ours)::text as ours,
      trim_scale(c.theirs)::text as theirs, trim_scale(c.difference)::text as difference, c.differs,
      (select jsonb_build_object('id', b.id, 'note', b.note, 'at', b.created_at) from accepted_break b
        where b.tenant_id = ${ctx.tenant_id} and b.account_id = c.account_id and b.security_id is not distinct from c.security_id
          and (c.currency is null or b.currency = c.currency) and b.difference = c.difference order by b.created_at desc, b.id desc limit 1) as accepted
    from counted c join report r on r.account_id = c.account_id
    join household h on h.tenant_id = ${ctx.tenant_id} and h.id = r.household_id
    left join financial_security s on s.tenant_id = ${ctx.tenant_id} and s.id = c.security_id
    order by h.name, r.account, r.account_id, s.name nulls last, c.currency`);

const days_after = 7;
const moves_max = 2_000;

/** What was done with a security, or near a day with cash, without what was set off. */
export const readMoves = (
  ctx: Context,
  { account_id, security_id, currency, day }: Pick<Compared, 'account_id' | 'security_id' | 'currency' | 'day'>,
): Promise<Move[]> =>
  ctx.tx.many(sql`select t.id, t.kind, t.traded_on::text, t.settled_on::text,
    trim_scale(coalesce(case when ${security_id}::uuid is null then t.amount
      else t.quantity end, 0))::text as quantity, trim_scale(t.price)::text as price, trim_scale(t.amount)::text as amount
        from account_transaction t
    where t.tenant_id = ${ctx.tenant_id} and t.account_id = ${account_id} and t.traded_on <= ${day}::date + ${days_after}::int
      and case when ${security_id}::uuid is null then t.currency = ${currency} and t.traded_on > ${day}::date - 30
        else t.security_id = ${security_id}::uuid
        and t.quantity <> 0 end
      and t.reverses_id is null and not exists (select from account_transaction r where r.tenant_id = t.tenant_id and r.reverses_id = t.id)
    order by t.traded_on desc, t.id desc limit ${moves_max}`);

/** A transaction as it was written, for one that takes its place. */
export const readMove = (ctx: Context, id: string) =>
  ctx.tx.one<{ kind: string; traded_on: string; settled_on: string | null; quantity: string; price: string; amount: string | null; currency: string; fees: string | null; taxes: string | null }>(sql`
    select kind, traded_on::text, settled_on::text, quantity::text, price::text, amount::text, currency, fees::text, taxes::text
    from account_transaction where tenant_id = ${ctx.tenant_id} and id = ${id}`); // biome-ignore format: a query
