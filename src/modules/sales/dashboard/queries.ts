import type { RawBuilder } from 'kysely';
import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { type Filter, filterSql } from '../../../kernel/resource/filter.ts';
import { baseConditions } from '../../../kernel/resource/list.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { contact } from '../../directory/contact/contract.ts';
import { dealWorth, type Exchange, type RatedSum, ratedSums, rateJoin } from '../currency/index.ts';
import { deal } from '../deal/contract.ts';
import type { PeriodUnit } from '../figures/contract.ts';
import type { StageKind } from '../stage/contract.ts';

/** Figures of deals that share a stage and a currency, and an owner, a period, a region or a product. */
export interface DealSum extends RatedSum {
  stage_id: string;
  status: StageKind;
  deals: number;
  /** Days from opening to closing, and of how many deals they are known. */
  cycle_days: number;
  cycles: number;
}
export interface GroupedSum extends DealSum {
  /** Which of the following it is grouped by. */
  by: 'owner' | 'period' | 'region';
  owner_id: string | null;
  period: string | null;
  region: string | null;
}
export type ProductSum = DealSum & { product_id: string | null };

/** What was closed on a day before it was opened, as people say it, took none. */
const columns = (exchange: Exchange) => sql`count(*)::int as deals, ${ratedSums(sql`x.amount`, exchange)},
  coalesce(sum(greatest(x.closed_on - x.opened_on, 0)), 0)::int as cycle_days, count(x.closed_on - x.opened_on)::int as cycles`;

/** What counts of a resource (alias `r`): the caller's rights and the filter. */
export function matching(ctx: Context, resource: Resource, filter: Filter | undefined): RawBuilder<unknown> {
  const conditions = [...baseConditions(ctx, resource)];
  if (filter) conditions.push(filterSql(resource, filter));
  return sql.join(conditions, sql` and `);
}

/**
 * Three groupings of one scan. A period is named by its first day: of closing, or, of what is open, of the expected
 * closing; without such a day a deal has none.
 */
export function sumDeals(
  ctx: Context,
  exchange: Exchange,
  filter: Filter | undefined,
  unit: PeriodUnit,
): Promise<GroupedSum[]> {
  return ctx.tx.many<GroupedSum>(sql`
    with x as (
      select r.stage_id, r.status, r.currency, r.owner_id, ${dealWorth} as amount, r.opened_on, r.closed_on, c.region, x.rate,
        date_trunc(${unit}, (case when r.status = 'open' then r.expected_close_on else r.closed_on end)::timestamp)::date as period
      from deal r left join company c on c.tenant_id = r.tenant_id and c.id = r.company_id
        and c.deleted_at is null ${rateJoin(ctx, exchange)}
      where ${matching(ctx, deal, filter)}
    )
    select case grouping(owner_id, period, region) when 3 then 'owner' when 5 then 'period' else 'region' end as by,
      stage_id, status, currency, owner_id, period, region, ${columns(exchange)}
    from x group by grouping sets ((stage_id, status, currency, owner_id), (stage_id, status, currency, period),
      (stage_id, status, currency, region))`);
}

/** Of a deal with several products each has its share; without any the whole of it counts for none. */
export function sumByProduct(ctx: Context, exchange: Exchange, filter: Filter | undefined): Promise<ProductSum[]> {
  return ctx.tx.many<ProductSum>(sql`
    with x as (
      select s.product_id, r.stage_id, r.status, r.currency, r.opened_on, r.closed_on, x.rate,
        case when s.product_id is null then r.amount else s.amount end as amount
      from deal r left join deal_share s on s.tenant_id = ${ctx.tenant_id} and s.deal_id = r.id ${rateJoin(ctx, exchange)}
      where ${matching(ctx, deal, filter)}
    )
    select product_id, stage_id, status, currency, ${columns(exchange)} from x group by product_id, stage_id, status, currency`);
}

export type FieldSum = DealSum & { value: string | null };

/** `value`: as SQL over a deal `r`. */
export function sumByField(
  ctx: Context,
  exchange: Exchange,
  { filter, value }: { filter: Filter | undefined; value: RawBuilder<unknown> },
): Promise<FieldSum[]> {
  return ctx.tx.many<FieldSum>(sql`
    with x as (
      select ${value} as value, r.stage_id, r.status, r.currency, r.opened_on, r.closed_on, x.rate, ${dealWorth} as amount
      from deal r ${rateJoin(ctx, exchange)} where ${matching(ctx, deal, filter)}
    )
    select value, stage_id, status, currency, ${columns(exchange)} from x group by value, stage_id, status, currency`);
}

/** Contacts by their source, those with most first. */
export function countBySource(
  ctx: Context,
  filter: Filter | undefined,
  sources_max: number,
): Promise<{ value: string | null; count: number }[]> {
  return ctx.tx.many(sql`select r.source as value, count(*)::int as count from contact r
    where ${matching(ctx, contact, filter)} group by 1 order by 2 desc, 1 limit ${sources_max}`);
}

/** A stage as deals pass it: a later one of the same pipeline has a higher rank. */
export interface RankedStage {
  id: string;
  pipeline_id: string;
  rank: number;
}

/** Deals of one currency that came into a stage; `advanced`: into a later one too. */
export interface StageFlow extends RatedSum {
  stage_id: string;
  advanced: boolean;
  deals: number;
}

export function stageFlows(
  ctx: Context,
  exchange: Exchange,
  { filter, visited, stages }: { filter: Filter | undefined; visited: RawBuilder<unknown>; stages: RankedStage[] },
): Promise<StageFlow[]> {
  return ctx.tx.many<StageFlow>(sql`
    with x as (
      select r.id, r.currency, ${dealWorth} as amount, x.rate from deal r ${rateJoin(ctx, exchange)} where ${matching(ctx, deal, filter)}
    ),
    stages as (
      select * from unnest(${stages.map(({ id }) => id)}::uuid[], ${stages.map(({ pipeline_id }) => pipeline_id)}::uuid[],
        ${stages.map(({ rank }) => rank)}::int[]) as s (id, pipeline_id, rank)
    ),
    came as (select distinct r.stage_id, r.deal_id from deal_stage_visit r where r.tenant_id = ${ctx.tenant_id} and ${visited}),
    reached as (
      select v.deal_id, s.pipeline_id, max(s.rank) as furthest
      from deal_stage_visit v join stages s on s.id = v.stage_id where v.tenant_id = ${ctx.tenant_id} group by v.deal_id, s.pipeline_id
    )
    select came.stage_id, x.currency, furthest > rank as advanced, count(*)::int as deals, ${ratedSums(sql`x.amount`, exchange)}
    from came join stages s on s.id = came.stage_id join x on x.id = came.deal_id
    join reached on reached.deal_id = came.deal_id and reached.pipeline_id = s.pipeline_id
    group by came.stage_id, x.currency, advanced`);
}

/**
 * Deals by pipeline that were closed in it without having been in an open stage: nobody knows through which they went,
 * as of most imported deals.
 */
export async function countWithoutHistory(
  ctx: Context,
  {
    filter,
    visited,
    stages,
  }: { filter: Filter | undefined; visited: RawBuilder<unknown>; stages: (RankedStage & { kind: StageKind })[] },
): Promise<Map<string, number>> {
  const closed = stages.filter(({ kind }) => kind !== 'open').map(({ id }) => id);
  const rows = await ctx.tx.many<{ pipeline_id: string; deals: number }>(sql`
    with stages as (
      select * from unnest(${stages.map(({ id }) => id)}::uuid[], ${stages.map(({ pipeline_id }) => pipeline_id)}::uuid[],
        ${stages.map(({ kind }) => kind === 'open')}::boolean[]) as s (id, pipeline_id, is_open)
    ),
    closed as (
      select distinct r.deal_id, s.pipeline_id from deal_stage_visit r join stages s on s.id = r.stage_id
      where r.tenant_id = ${ctx.tenant_id} and r.stage_id = any (${closed}) and ${visited}
    )
    select closed.pipeline_id, count(*)::int as deals from closed join deal r on r.id = closed.deal_id
    where ${matching(ctx, deal, filter)} and not exists (
      select from deal_stage_visit v join stages s on s.id = v.stage_id
      where v.tenant_id = ${ctx.tenant_id} and v.deal_id = closed.deal_id and s.pipeline_id = closed.pipeline_id and s.is_open)
    group by closed.pipeline_id`);
  return new Map(rows.map((row) => [row.pipeline_id, row.deals]));
}

export async function countRows(ctx: Context, resource: Resource, filter: Filter | undefined): Promise<number> {
  const row = await ctx.tx.one<{ rows: number }>(
    sql`select count(*)::int as rows from ${sql.table(resource.table)} r where ${matching(ctx, resource, filter)}`,
  );
  return row.rows;
}

export async function countContacts(ctx: Context, filter: Filter | undefined): Promise<number> {
  if (filter) return countRows(ctx, contact, filter);
  const row = await ctx.tx.one<{ rows: number }>(sql`select coalesce(app.count_all_contacts(),
    (select count(*) from contact r where ${matching(ctx, contact, undefined)}))::int as rows`);
  return row.rows;
}

export interface Named {
  id: string;
  name: string;
}

export function namesOf(ctx: Context, table: 'user_account' | 'product' | 'team', ids: string[]): Promise<Named[]> {
  return ctx.tx.many(
    sql`select id, name from ${sql.table(table)} where tenant_id = ${ctx.tenant_id} and id = any (${ids})`,
  );
}

/** The teams of each person. */
export async function teamsByMember(ctx: Context): Promise<Map<string, string[]>> {
  const rows = await ctx.tx.many<{ user_id: string; teams: string[] }>(sql`
    select m.user_id, array_agg(m.team_id) as teams from team_member m
    join user_account u on u.tenant_id = m.tenant_id and u.id = m.user_id
    where m.tenant_id = ${ctx.tenant_id} group by m.user_id`);
  return new Map(rows.map((row) => [row.user_id, row.teams]));
}

/** The regions of the teams of each person who has any; each once. */
export async function teamRegionsByMember(ctx: Context): Promise<Map<string, string[]>> {
  const rows = await ctx.tx.many<{ user_id: string; regions: string[] }>(sql`
    select m.user_id, array_agg(distinct t.region) as regions from team_member m
    join user_account u on u.tenant_id = m.tenant_id and u.id = m.user_id
    join team t on t.tenant_id = m.tenant_id and t.id = m.team_id
    where m.tenant_id = ${ctx.tenant_id} and t.region is not null group by m.user_id`);
  return new Map(rows.map((row) => [row.user_id, row.regions]));
}

export interface Calendar {
  time_zone: string;
  currency: string;
}

/** Where the workspace's days begin, and what its money is in. */
export function tenantCalendar(ctx: Context): Promise<Calendar> {
  return ctx.tx.one(sql`select time_zone, default_currency as currency from tenant where id = ${ctx.tenant_id}`);
}
