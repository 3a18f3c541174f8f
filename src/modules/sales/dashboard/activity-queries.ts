import type { RawBuilder } from 'kysely';
import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import type { Filter } from '../../../kernel/resource/filter.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { note } from '../../../platform/note/contract.ts';
import { activity } from '../../directory/activity/contract.ts';
import { task } from '../../directory/task/contract.ts';
import type { ActivityFigureKind } from '../figures/contract.ts';
import { matching } from './queries.ts';

/** Where activities are kept, whose they are and when they were. */
export interface Source {
  resource: Resource;
  /** The relation to the person. */
  person: 'author' | 'assignee';
  at: 'occurred_at' | 'created_at' | 'completed_at';
  kinds: readonly ActivityFigureKind[];
  /** Which of the figures a row counts for. */
  kind: RawBuilder<unknown>;
}

export const activitySources: readonly Source[] = [
  {
    resource: activity, person: 'author', at: 'occurred_at', kinds: ['calls', 'meetings', 'emails'],
    kind: sql.raw("case r.kind when 'call' then 'calls' when 'meeting' then 'meetings' else 'emails' end"),
  },
  { resource: note, person: 'author', at: 'created_at', kinds: ['notes'], kind: sql.raw("'notes'") },
  { resource: task, person: 'assignee', at: 'completed_at', kinds: ['tasks_done'], kind: sql.raw("'tasks_done'") },
]; // biome-ignore format: facts

/** Of each source, which of its rows count. */
export type ActivityFilters = ReadonlyMap<Source, Filter | undefined>;

export interface ActivityCount {
  kind: ActivityFigureKind;
  /** Which of the following it is grouped by. */
  by: 'person' | 'period' | 'region' | 'product' | 'any product';
  person_id: string | null;
  /** The number of the period, from 1. */
  period: number | null;
  region: string | null;
  product_id: string | null;
  rows: number;
}

const activities = (ctx: Context, filters: ActivityFilters) =>
  sql.join(
    [...filters].map(
      ([{ resource, person, at, kind }, filter]) => sql`
        select r.id, ${kind} as kind, ${sql.ref(`r.${person}_id`)} as person_id, ${sql.ref(`r.${at}`)} as at
        from ${sql.table(resource.table)} r where ${matching(ctx, resource, filter)}`,
    ),
    sql` union all `,
  );

/** When the first and the last of them were. */
export function activitySpan(
  ctx: Context,
  filters: ActivityFilters,
): Promise<{ first: string | null; last: string | null }> {
  return ctx.tx.one(
    sql`with a as (${activities(ctx, filters)}) select min(at) as first, max(at) as last from a where at is not null`,
  );
}

/** The deals of the activities `a` that are not in the trash. */
const dealsOf = (ctx: Context) => sql`
    select a.id, d.id as deal_id, d.company_id from a join record_link l on l.tenant_id = ${ctx.tenant_id} and l.item_id = a.id
    join deal d on d.tenant_id = ${ctx.tenant_id} and d.id = l.record_id and d.deleted_at is null`;

/**
 * Counts by person, by period and by region: each activity once in each of its regions. `starts`: when each period
 * begins.
 */
export function countActivities(ctx: Context, filters: ActivityFilters, starts: string[]): Promise<ActivityCount[]> {
  return ctx.tx.many<ActivityCount>(sql`
    with a as materialized (${activities(ctx, filters)}),
    o as materialized (${dealsOf(ctx)}),
    companies as (
      select o.id, o.company_id from o
      union select a.id, l.record_id from a join record_link l on l.tenant_id = ${ctx.tenant_id} and l.item_id = a.id
        where not exists (select from o where o.id = a.id)
    ),
    regions as (
      select distinct p.id, c.region from companies p
      join company c on c.tenant_id = ${ctx.tenant_id} and c.id = p.company_id and c.deleted_at is null where c.region is not null
    ),
    counted as (
      select kind, person_id, width_bucket(at, ${starts}::timestamptz[]) as period from a
    )
    select case grouping(person_id) when 0 then 'person' else 'period' end as by,
      kind, person_id, period, null::text as region, null::uuid as product_id, count(*)::int as rows
    from counted group by grouping sets ((kind, person_id), (kind, period))
    union all select 'region', a.kind, null, null, g.region, null, count(*)::int
    from a left join regions g on g.id = a.id group by a.kind, g.region`);
}

/** Counts by product of the deals, and of those whose deals have any. */
export function countActivitiesByProduct(ctx: Context, filters: ActivityFilters): Promise<ActivityCount[]> {
  return ctx.tx.many<ActivityCount>(sql`
    with a as materialized (${activities(ctx, filters)}),
    o as materialized (${dealsOf(ctx)}),
    sold as (select s.deal_id, s.product_id from deal_share s where s.tenant_id = ${ctx.tenant_id})
    select case grouping(product_id) when 0 then 'product' else 'any product' end as by,
      kind, null::uuid as person_id, null::int as period, null::text as region, product_id, count(distinct a.id)::int as rows
    from a join o on o.id = a.id join sold on sold.deal_id = o.deal_id group by grouping sets ((kind, product_id), (kind))`);
}
