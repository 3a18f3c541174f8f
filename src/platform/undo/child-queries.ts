import type { RawBuilder } from 'kysely';
import { isPast, ofTenant } from '../../kernel/audit/events.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { labelSql } from '../../kernel/resource/label.ts';
import { reaches } from '../../kernel/resource/list.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type Batch, eventsOfEach, isOf, type Target } from './event-queries.ts';
import type { ChildKind } from './kinds.ts';
import { inTrash } from './record-queries.ts';

/** A row that is part of a record, and what a change did to it. */
export interface ChildRow {
  id: string;
  /** The column that names its record; null, as the record, where that has been erased. */
  column: string | null;
  parent_id: string | null;
  /** Where the column names records of any type: of which this one is, if it is there. */
  parent_type: string | null;
  exists: boolean;
  created: boolean;
  deleted: boolean;
  /** What the change replaced in it, and of this what is no longer as the change left it. */
  fields: string[];
  changed_since: string[];
  /** Some of what the change did is in no history any more. */
  erased: boolean;
  /** What stood before, as JSON that the program passes on unread. */
  before: string;
}

export function readChildren(ctx: Context, { table, parents }: ChildKind, { seqs, ids }: Batch): Promise<ChildRow[]> {
  const columns = parents.map(({ column }) => column);
  return ctx.tx.many(sql`
    with e as materialized (
      select e.record_id as id, e.seq, e.action, e.before, e.after
      from ${eventsOfEach(ctx, sql`${ids}`, sql`e.seq = any (${seqs}::bigint[])`, 'recorded_change')}
    ), replaced as materialized (
      select e.id, jsonb_object_agg(b.key, b.value order by e.seq desc) as before, jsonb_object_agg(b.key, e.after -> b.key
        order by e.seq) as after
      from e cross join jsonb_each(e.before) b where e.action = 'update' group by e.id
    ), c as materialized (
      select e.id, bool_or(e.action = 'create') as created, bool_or(e.action = 'delete') as deleted,
        bool_or(coalesce(e.before, e.after) is null) as erased,
        coalesce((array_agg(coalesce(e.after, e.before)) filter (where e.action <> 'update'))[1], to_jsonb(r)) as content,
          to_jsonb(r) as now
      from e left join ${sql.table(table)} r on r.tenant_id = ${ctx.tenant_id} and r.id = e.id group by e.id, to_jsonb(r)
    )
    select c.id, p.column, p.parent_id, case p.column when 'record_id' then app.type_of_subject(p.parent_id::uuid) end as parent_type,
      c.now is not null as exists, c.created, c.deleted, c.erased, coalesce(replaced.before, '{}')::text as before,
      array(select jsonb_object_keys(coalesce(replaced.before, '{}'))) as fields,
      array(select a.key from jsonb_each(coalesce(replaced.after, '{}')) a where a.value is distinct from c.now -> a.key) as changed_since
    from c left join replaced on replaced.id = c.id
    left join lateral (select u.column, c.content ->> u.column as parent_id from unnest(${columns}::text[]) u ("column")
      where c.content ->> u.column is not null limit 1) p on true`);
}

/** The record that rows belong to. */
export interface Parent {
  id: string;
  name: string | null;
  in_trash: boolean;
  may_update: boolean;
  /** The change created the record too: its rows go where it goes. */
  created: boolean;
  /** It has rows that came after the change. */
  has_newer: boolean;
}

export function readParents(
  ctx: Context,
  resource: Resource,
  ids: readonly string[],
  child: { table: string; column: string; first_seq: string },
  target: Target,
): Promise<Parent[]> {
  // Asked by subqueries with one value: for EXISTS, PostgreSQL may read all events of the workspace into a hash.
  const isKnown = (where: RawBuilder<unknown>) => sql`(select true from audit_event e
    where ${ofTenant(ctx)} and ${isPast} and e.action <> 'signal' and ${where} limit 1) is true`;
  return ctx.tx.many(sql`select r.id, ${labelSql(resource)} as name, ${inTrash(resource)} as in_trash,
    ${reaches(ctx, resource, 'update')} as may_update,
      ${isKnown(sql`${isOf(target)} and e.action = 'create' and e.record_id = r.id and e.resource = ${resource.name}`)} as created,
      (select true from ${sql.table(child.table)} c where c.tenant_id = r.tenant_id and ${sql.ref(`c.${child.column}`)} = r.id
        and not ${isKnown(sql`e.record_id = c.id and (e.seq < ${child.first_seq} or ${isOf(target)})`)} limit 1) is true as has_newer
    from ${sql.table(resource.table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids})`);
}

export async function deleteRows(ctx: Context, table: string, ids: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`delete from ${sql.table(table)} c where c.tenant_id = ${ctx.tenant_id} and c.id = any (${ids})`);
}
