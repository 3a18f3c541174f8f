import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { eventsOfEach, isOf, isOwn, type Target } from './event-queries.ts';
import type { PartLink } from './kinds.ts';
import type { Link } from './link-queries.ts';

/** A row that refers to one of some records. */
export interface Referrer {
  /** Which of the links, by its index. */
  link: number;
  /** What it refers to. */
  id: string;
  /** Null where the change did not create it, or somebody has changed it since. */
  referrer_id: string | null;
}

/** By record: whether the change created it, and whether it did and nothing else has changed it since. */
const origins = (ctx: Context, target: Target, ids: RawBuilder<unknown>) => sql`select e.record_id, e.resource,
    bool_or(e.action = 'create' and ${isOf(target)}) as created,
    bool_or(e.action = 'create' and ${isOf(target)}) and not bool_or(not ${isOf(target)} and not ${isOwn}) as untouched
  from ${eventsOfEach(ctx, sql`array(${ids})`, sql`true`)} group by e.record_id, e.resource`;

/** What refers to these records. What lies in the trash refers to nothing, unless the records are to be deleted for good. */
export function readReferrers(
  ctx: Context,
  links: readonly Link[],
  ids: readonly string[],
  target: Target,
): Promise<Referrer[]> {
  if (links.length === 0) return Promise.resolve([]);
  const inUse = target.is_import ? sql`` : sql`and to_jsonb(x) ->> 'deleted_at' is null`;
  const rows = links.map(({ from, column, custom_field_id }, at) => {
    if (custom_field_id !== null)
      return sql`select ${at}::int, v.value::uuid, v.record_id from custom_value v
        where v.tenant_id = ${ctx.tenant_id} and v.field_id = ${custom_field_id} and v.value = any (${ids}::text[])
        ${target.is_import ? sql`` : sql`and exists (select from ${sql.table(from)} x where x.tenant_id = v.tenant_id and x.id = v.record_id ${inUse})`}`;
    const value = sql.ref(`x.${column}`);
    return sql`select ${at}::int as link, ${value} as id, x.id as referrer_id from ${sql.table(from)} x
      where x.tenant_id = ${ctx.tenant_id} and ${value} = any (${ids}) ${inUse}`;
  });
  const resources = links.map(({ resource }) => resource);
  return ctx.tx.many(sql`
    with r as materialized (${sql.join(rows, sql` union all `)}),
    o as materialized (${origins(ctx, target, sql`select distinct r.referrer_id from r`)})
    select distinct r.link, r.id, case when o.untouched then r.referrer_id end as referrer_id
    from r left join o on o.record_id = r.referrer_id and o.resource = (${resources}::text[])[r.link + 1]`);
}

export interface Whole {
  id: string;
  whole_id: string;
  created: boolean;
  untouched: boolean;
}

/** The records that rows of a table are part of. */
export function readWholes(
  ctx: Context,
  { table, column, whole }: PartLink,
  ids: readonly string[],
  target: Target,
): Promise<Whole[]> {
  const value = sql.ref(`x.${column}`);
  return ctx.tx.many(sql`
    with p as materialized (select x.id, ${value} as whole_id from ${sql.table(table)} x
      where x.tenant_id = ${ctx.tenant_id} and x.id = any (${ids}) and ${value} is not null),
    o as materialized (${origins(ctx, target, sql`select distinct p.whole_id from p`)})
    select p.id, p.whole_id, coalesce(o.created, false) as created, coalesce(o.untouched, false) as untouched
    from p left join o on o.record_id = p.whole_id and o.resource = ${whole.name}`);
}
