import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

/** What has to be known before amounts can be converted. */
export interface Exchange {
  /** The workspace's own. */
  currency: string;
  /** Where the workspace is; what is open counts at this day's rates. */
  today: string;
  /** Whether there is any rate: without one nothing has to be looked up. */
  rated: boolean;
}

export function readExchange(ctx: Context): Promise<Exchange> {
  return ctx.tx.one<Exchange>(sql`
    select t.default_currency as currency, (now() at time zone t.time_zone)::date as today,
      exists (select from currency_rate k where k.tenant_id = t.id) as rated
    from tenant t where t.id = ${ctx.tenant_id}`);
}

/** What one unit of each other currency is worth today. */
export const ratesToday = (
  ctx: Context,
  { currency, today }: Exchange,
): Promise<{ currency: string; rate: string }[]> =>
  ctx.tx.many(sql`select distinct on (k.currency) k.currency, k.rate from currency_rate k
    where k.tenant_id = ${ctx.tenant_id} and k.currency <> ${currency} and k.valid_on <= ${today} order by k.currency, k.valid_on desc`);

/** A sum of amounts in one currency, in minor units. */
export interface RatedSum {
  currency: string;
  amount: string;
  /** Each amount that has a rate times it; null: none has. */
  converted: string | null;
  /** What has no rate, or needs none; null: nothing. */
  unrated: string | null;
}

/**
 * Joins what one unit of a deal's currency is worth as `x.rate`: on the day of its closing, or, while it is open,
 * today. Null without a rate, and for the workspace's own currency. `deal`: the alias of the deals.
 */
export function rateJoin(ctx: Context, { currency, today, rated }: Exchange, deal = 'r'): RawBuilder<unknown> {
  if (!rated) return sql`cross join (select null::numeric as rate) x`;
  const of = (column: string) => sql.ref(`${deal}.${column}`);
  return sql`left join lateral (
    select k.rate from currency_rate k
    where k.tenant_id = ${ctx.tenant_id} and k.currency = ${of('currency')} and k.currency <> ${currency}
      and k.valid_on <= case when ${of('status')} = 'open' then ${today}::date else coalesce(${of('closed_on')}, ${today}::date) end
    order by k.valid_on desc limit 1) x on true`;
}

/** What the deal `r` counts as, in minor units: its amount, or, while nobody has said one, the sum of its products. */
export const dealWorth = sql`case when r.amount is not null then r.amount else (
  select sum(s.amount)::bigint from deal_share s where s.tenant_id = r.tenant_id and s.deal_id = r.id) end`;

/** Adds amounts up for `Total`. Where there is no rate, nothing is multiplied by one. */
export function ratedSums(amount: RawBuilder<unknown>, { rated }: Exchange): RawBuilder<unknown> {
  const sum = sql`coalesce(sum(${amount}), 0) as amount`;
  if (!rated) return sql`${sum}, null::numeric as converted, sum(${amount}) as unrated`;
  return sql`${sum}, sum(${amount} * x.rate) as converted, sum(${amount}) filter (where x.rate is null) as unrated`;
}
