import type { RawBuilder } from 'kysely';
import { resourceNamed } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { labelSql } from '../../kernel/resource/label.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type ReferencedBy, references_named_max } from './contract.ts';
import { eventsOfEach, isOf, isOwn, type Target } from './event-queries.ts';
import type { PartLink, UndoKinds } from './kinds.ts';
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

/**
 * Rows that refer to these records, by link. What lies in the trash refers to nothing, unless the records are to be
 * deleted for good.
 */
function referring(
  ctx: Context,
  links: readonly Link[],
  ids: readonly string[],
  { is_import }: Target,
): RawBuilder<unknown> {
  const inUse = is_import ? sql`` : sql`and to_jsonb(x) ->> 'deleted_at' is null`;
  const rows = links.map(({ from, column, custom_field_id }, at) => {
    if (custom_field_id !== null)
      return sql`select ${at}::int as link, v.value::uuid as id, v.record_id as referrer_id from custom_value v
        where v.tenant_id = ${ctx.tenant_id} and v.field_id = ${custom_field_id} and v.value = any (${ids}::text[])
        ${
          is_import
            ? sql``
            : sql`and exists (select from ${sql.table(from)} x where x.tenant_id = v.tenant_id
          and x.id = v.record_id ${inUse})`
        }`;
    if (column === 'records')
      return sql`select ${at}::int as link, l.record_id as id, x.id as referrer_id from record_link l
        join ${sql.table(from)} x on x.tenant_id = l.tenant_id and x.id = l.item_id
        where l.tenant_id = ${ctx.tenant_id} and l.record_id = any (${ids}) and l.item_type = ${from} ${inUse}`;
    const value = sql.ref(`x.${column}`);
    return sql`select ${at}::int as link, ${value} as id, x.id as referrer_id from ${sql.table(from)} x
      where x.tenant_id = ${ctx.tenant_id} and ${value} = any (${ids}) ${inUse}`;
  });
  return sql.join(rows, sql` union all `);
}

/** What refers to these records, and whether it goes with them. */
export function readReferrers(
  ctx: Context,
  links: readonly Link[],
  ids: readonly string[],
  target: Target,
): Promise<Referrer[]> {
  if (links.length === 0) return Promise.resolve([]);
  const resources = links.map(({ resource }) => resource);
  return ctx.tx.many(sql`
    with r as materialized (${referring(ctx, links, ids, target)}),
    o as materialized (${origins(ctx, target, sql`select distinct r.referrer_id from r`)})
    select distinct r.link, r.id, case when o.untouched then r.referrer_id end as referrer_id
    from r left join o on o.record_id = r.referrer_id and o.resource = (${resources}::text[])[r.link + 1]`);
}

/**
 * What refers to these records now, by record. A part of a record, such as a product of a deal, is named by its record.
 */
export async function nameReferrers(
  ctx: Context,
  { parts }: UndoKinds,
  all: readonly Link[],
  ids: readonly string[],
  target: Target,
): Promise<ReadonlyMap<string, ReferencedBy>> {
  const isOwnPart = ({ from, column }: Link) =>
    parts.some((part) => part.table === from && part.column === column && part.follows);
  const links = all.filter((link) => !isOwnPart(link));
  if (links.length === 0 || ids.length === 0) return new Map();
  const shown = links.flatMap(({ from, column, resource }, at) => {
    const wholes = parts.filter((part) => part.table === from && part.column !== column);
    if (wholes.length === 0)
      return {
        resource,
        rows: sql`select r.id, ${resource}::text as resource, r.referrer_id as record_id from r where r.link = ${at}`,
      };
    return wholes.map((part) => ({
      resource: part.whole.name,
      rows: sql`select r.id, ${part.whole.name}::text as resource, w.id as record_id
        from r join ${sql.table(from)} x on x.tenant_id = ${ctx.tenant_id} and x.id = r.referrer_id
        join ${sql.table(part.whole.table)} w on w.tenant_id = x.tenant_id and w.id = ${sql.ref(`x.${part.column}`)} where r.link = ${at}`,
    }));
  });
  const resources = [...new Set(shown.map(({ resource }) => resource))].flatMap((name) => resourceNamed(name) ?? []);
  const none = sql`select null::uuid as id, null::text as resource, null::uuid as record_id, null::text as name where false`;
  const names = resources.map(
    (resource) => sql`select t.id, t.resource, t.record_id, ${labelSql(resource)} as name
      from t join ${sql.table(resource.table)} r on r.tenant_id = ${ctx.tenant_id} and r.id = t.record_id
      where t.resource = ${resource.name} and t.place <= ${references_named_max}`,
  );
  const rows = await ctx.tx.many<{ id: string; total: number; records: ReferencedBy['records'] }>(sql`
    with r as materialized (${referring(ctx, links, ids, target)}),
    s as materialized (select distinct u.* from (${sql.join(shown.map((each) => each.rows), sql` union all `)}) u),
    t as materialized (select s.*, row_number() over (partition by s.id order by s.resource, s.record_id) as place,
      count(*) over (partition by s.id) as total from s),
    n as materialized (select u.* from (${sql.join([none, ...names], sql` union all `)}) u where u.name <> '')
    select t.id, max(t.total)::int as total, coalesce(json_agg(json_build_object('resource', n.resource, 'id', n.record_id, 'name', n.name)
        order by n.resource, n.name) filter (where n.record_id is not null), '[]') as records
    from t left join n on n.id = t.id and n.resource = t.resource and n.record_id = t.record_id
      group by t.id`); // biome-ignore format: one statement
  return new Map(rows.map(({ id, total, records }) => [id, { records, others: total - records.length }]));
}

export interface Whole {
  id: string;
  whole_id: string;
  created: boolean;
  untouched: boolean;
}

/** The records of a type that rows of a table are part of: one column may refer to records of several types. */
export function readWholes(
  ctx: Context,
  { table, column, whole }: PartLink,
  ids: readonly string[],
  target: Target,
): Promise<Whole[]> {
  const value = sql.ref(`x.${column}`);
  return ctx.tx.many(sql`
    with p as materialized (select x.id, ${value} as whole_id from ${sql.table(table)} x
      where x.tenant_id = ${ctx.tenant_id} and x.id = any (${ids})
        and exists (select from ${sql.table(whole.table)} w where w.tenant_id = x.tenant_id and w.id = ${value})),
    o as materialized (${origins(ctx, target, sql`select distinct p.whole_id from p`)})
    select p.id, p.whole_id, coalesce(o.created, false) as created, coalesce(o.untouched, false) as untouched
    from p left join o on o.record_id = p.whole_id and o.resource = ${whole.name}`);
}
