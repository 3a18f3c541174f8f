import type { RawBuilder } from 'kysely';
import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { type Filter, filterSql } from '../../../kernel/resource/filter.ts';
import { baseConditions } from '../../../kernel/resource/list.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { deal } from '../deal/contract.ts';
import type { StageKind } from '../stage/contract.ts';

/** Figures of deals that share a stage and a currency, and an owner, a period or a product. */
export interface DealSum {
  stage_id: string;
  status: StageKind;
  currency: string;
  deals: number;
  /** Minor units. */
  amount: string;
  /** Days from opening to closing, and of how many deals they are known. */
  cycle_days: number;
  cycles: number;
}
export type ByOwnerAndPeriod = DealSum & { by_period: boolean; owner_id: string | null; period: string | null };
export type ByProduct = DealSum & { product_id: string | null };

const columns = sql.raw(`count(*)::int as deals, coalesce(sum(amount), 0) as amount,
  coalesce(sum(closed_on - opened_on), 0)::int as cycle_days, count(closed_on - opened_on)::int as cycles`);

/** The deals that count: of the caller's rights and the filter. */
function matching(ctx: Context, filter: Filter | undefined, resource: Resource = deal): RawBuilder<unknown> {
  const conditions = [...baseConditions(ctx, resource)];
  if (filter) conditions.push(filterSql(resource, filter));
  return sql`from ${sql.table(resource.table)} r where ${sql.join(conditions, sql` and `)}`;
}

/** Two groupings of one scan. A period is named by its first day; deals that are open, or closed on no known day, have none. */
export function sumByOwnerAndPeriod(
  ctx: Context,
  filter: Filter | undefined,
  unit: 'month' | 'quarter',
): Promise<ByOwnerAndPeriod[]> {
  return ctx.tx.many<ByOwnerAndPeriod>(sql`
    with d as (
      select r.stage_id, r.status, r.currency, r.owner_id, r.amount, r.opened_on, r.closed_on,
        case when r.status <> 'open' then date_trunc(${unit}, r.closed_on::timestamp)::date end as period
      ${matching(ctx, filter)}
    )
    select grouping(owner_id) = 1 as by_period, stage_id, status, currency, owner_id, period, ${columns}
    from d group by grouping sets ((stage_id, status, currency, owner_id), (stage_id, status, currency, period))`);
}

/**
 * A deal's amount shared between its products by their lines' totals. Each share is the difference of two rounded running totals, so
 * that the shares of a deal add up to its amount to the last minor unit.
 */
export function sumByProduct(ctx: Context, filter: Filter | undefined): Promise<ByProduct[]> {
  return ctx.tx.many<ByProduct>(sql`
    with d as (
      select r.id, r.stage_id, r.status, r.currency, r.amount, r.opened_on, r.closed_on ${matching(ctx, filter)}
    ),
    sold as (
      select l.deal_id, l.product_id, sum(app.line_total(l.quantity, l.unit_price, l.discount_percent)) as weight
      from deal_line l where l.tenant_id = ${ctx.tenant_id} group by l.deal_id, l.product_id
    ),
    weighed as (
      select d.*, s.product_id, s.weight, count(*) over deal as products,
        -- Lines without a price share evenly.
        sum(coalesce(s.weight, 1)) over deal as total,
        row_number() over place as nth, sum(coalesce(s.weight, 1)) over place as running
      from d left join sold s on s.deal_id = d.id
      window deal as (partition by d.id), place as (partition by d.id order by s.product_id)
    ),
    shared as (
      select product_id, stage_id, status, currency, opened_on, closed_on,
        case when products = 1 then amount
          when total = 0 then div(amount * nth, products) - div(amount * (nth - 1), products)
          else div(amount * running, total) - div(amount * (running - weight), total) end as amount
      from weighed
    )
    select product_id, stage_id, status, currency, ${columns} from shared group by product_id, stage_id, status, currency`);
}

export async function countRows(ctx: Context, resource: Resource, filter: Filter | undefined): Promise<number> {
  const row = await ctx.tx.one<{ rows: number }>(sql`select count(*)::int as rows ${matching(ctx, filter, resource)}`);
  return row.rows;
}

export function namesOf(
  ctx: Context,
  table: 'user_account' | 'product',
  ids: string[],
): Promise<{ id: string; name: string }[]> {
  return ctx.tx.many(
    sql`select id, name from ${sql.table(table)} where tenant_id = ${ctx.tenant_id} and id = any (${ids})`,
  );
}

export async function teamMembers(ctx: Context, teamId: string): Promise<string[]> {
  const rows = await ctx.tx.many<{ user_id: string }>(
    sql`select user_id from team_member where tenant_id = ${ctx.tenant_id} and team_id = ${teamId} order by user_id`,
  );
  return rows.map((row) => row.user_id);
}
