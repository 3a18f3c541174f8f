import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { Link, PartLink } from './revert-parts.ts';

/** A kind of record as the audit names it, and its table. */
export interface TableKind {
  resource: string;
  table: string;
  /** Columns that a person or an import may set. */
  columns: string[];
  has_name: boolean;
}

export const memberships = 'team_member';

/** Kinds of records that an import made or changed. A table's audit trigger says what its records are called. */
export function madeKinds(ctx: Context, import_id: string): Promise<TableKind[]> {
  return ctx.tx.many(sql`
    with audited as (
      select t.tgrelid, split_part(encode(t.tgargs, 'escape'), '\\000', 1) as resource from pg_trigger t where t.tgname = 'audit_insert'
    )
    select a.resource, c.relname::text as table,
      (select array_agg(attname::text order by attnum) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
        and attgenerated = '' and attname not in ('tenant_id', 'id', 'version', 'created_at', 'updated_at')) as columns,
      exists (select from pg_attribute where attrelid = c.oid and attname = 'name') as has_name
    from audited a join pg_class c on c.oid = a.tgrelid
    where exists (select from audit_event e where e.tenant_id = ${ctx.tenant_id} and e.import_id = ${import_id} and e.resource = a.resource)
    order by c.relname`);
}

/**
 * Which tables refer to which. Rows without an audit are none of a person's doing: they follow from records, as scores and visits of stages
 * do, or are bookkeeping, and go where their records go.
 */
export function linksBetween(ctx: Context): Promise<Link[]> {
  return ctx.tx.many(sql`
    select f.relname::text as "from", a.attname::text as "column", t.relname::text as "to"
    from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    join pg_namespace n on n.oid = t.relnamespace
    join lateral unnest(k.conkey, k.confkey) as pair (mine, theirs) on true
    join pg_attribute a on a.attrelid = f.oid and a.attnum = pair.mine
    join pg_attribute r on r.attrelid = t.oid and r.attnum = pair.theirs
    where k.contype = 'f' and n.nspname = 'public' and r.attname = 'id' and t.relname <> 'tenant'
      and exists (select from pg_trigger g where g.tgrelid = f.oid and g.tgname = 'audit_insert')`);
}

export interface EventPlace {
  seq: string;
  record_id: string;
}

interface Change extends EventPlace {
  name: string | null;
  edited: boolean;
}

const nameOf = ({ has_name }: TableKind, alias: string) => (has_name ? sql.ref(`${alias}.name`) : sql`null::text`);

/** Records that an import changed, each with its first change, and whether somebody changed it afterwards. */
export function changedBy(
  ctx: Context,
  kind: TableKind,
  import_id: string,
  after_seq: string,
  rows_max: number,
): Promise<Change[]> {
  return ctx.tx.many(sql`
    select e.seq, e.record_id, ${nameOf(kind, 'r')} as name, exists (select from audit_event l where l.tenant_id = e.tenant_id
        and l.record_id = e.record_id and l.resource = e.resource and l.seq > e.seq and l.import_id is distinct from e.import_id) as edited
    from (select * from audit_event where tenant_id = ${ctx.tenant_id} and import_id = ${import_id} and resource = ${kind.resource}
      and seq > ${after_seq} and action = 'update' order by seq limit ${rows_max}) e
    join ${sql.table(kind.table)} r on r.tenant_id = e.tenant_id and r.id = e.record_id
    where not exists (select from audit_event m where m.tenant_id = e.tenant_id and m.record_id = e.record_id and m.resource = e.resource
      and m.import_id = e.import_id and (m.seq < e.seq or m.action = 'create'))
    order by e.seq`);
}

/** Puts back what the records held before the import first touched them. */
export async function restoreChanged(
  ctx: Context,
  { table, resource, columns }: TableKind,
  import_id: string,
  ids: string[],
): Promise<number> {
  if (ids.length === 0) return 0;
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const values = sql.join(columns.map((column) => sql.ref(`p.${column}`)));
  return ctx.tx.run(sql`
    update ${sql.table(table)} r set (${names}) = (select ${values} from jsonb_populate_record(r, b.before) p)
    from (select e.record_id, jsonb_object_agg(v.key, v.value order by e.seq desc) as before
      from audit_event e, jsonb_each(e.before) v
      where e.tenant_id = ${ctx.tenant_id} and e.import_id = ${import_id} and e.resource = ${resource} and e.action = 'update'
        and e.record_id = any (${ids}::uuid[])
      group by e.record_id) b
    where r.tenant_id = ${ctx.tenant_id} and r.id = b.record_id`);
}

export function madeBy(
  ctx: Context,
  { resource }: TableKind,
  import_id: string,
  after_seq: string,
  rows_max: number,
): Promise<EventPlace[]> {
  return ctx.tx.many(sql`select seq, record_id from audit_event where tenant_id = ${ctx.tenant_id} and import_id = ${import_id}
    and resource = ${resource} and seq > ${after_seq} and action = 'create' order by seq limit ${rows_max}`);
}

/** That `r` is no part of a record that the same import made: such a part goes with it or stays with it. */
const standsAlone = ({ table }: TableKind, import_id: string, parts: PartLink[]) =>
  sql.join(
    parts
      .filter(({ from }) => from === table)
      .map(
        ({ column, whole }) => sql`and not exists (select from audit_event w where w.tenant_id = r.tenant_id
          and w.record_id = ${sql.ref(`r.${column}`)} and w.resource = ${whole} and w.import_id = ${import_id} and w.action = 'create')`,
      ),
    sql` `,
  );

/** Memberships go by the id of the member: which of them an event is about, its team says. */
const isAbout = (table: string, row: string) =>
  table === memberships
    ? sql`and coalesce(l.after, l.before) ->> 'team_id' = ${sql.ref(`${row}.team_id`)}::text`
    : sql``;

/** Events of a row that are `said`. */
const hasEvent = (row: string, { table, resource }: Pick<TableKind, 'table' | 'resource'>, said: RawBuilder<unknown>) =>
  sql`exists (select from audit_event l where l.tenant_id = r.tenant_id and l.record_id = ${sql.ref(`${row}.id`)}
    and l.resource = ${resource} and ${said} ${isAbout(table, row)})`;

const wasMade = (kind: TableKind, import_id: string) =>
  hasEvent('r', kind, sql`l.import_id = ${import_id} and l.action = 'create'`);

/** That nobody has changed `r`, or a part of it, since the import, and that nothing else refers to it or a part of it. */
function isFree(kind: TableKind, import_id: string, referring: Link[], parts: PartLink[]): RawBuilder<unknown> {
  const edited = sql`l.import_id is distinct from ${import_id}`;
  const held = referring.map(({ from, column, part }) => {
    if (part)
      return sql`and not exists (select from ${sql.table(from)} y join ${sql.table(part.from)} x on x.tenant_id = y.tenant_id
        and x.id = ${sql.ref(`y.${column}`)} where x.tenant_id = r.tenant_id and ${sql.ref(`x.${part.column}`)} = r.id)`;
    const isPart = parts.some((own) => own.from === from && own.column === column);
    return sql`and not exists (select from ${sql.table(from)} x where x.tenant_id = r.tenant_id and ${sql.ref(`x.${column}`)} = r.id
      ${isPart ? sql`and ${hasEvent('x', { table: from, resource: from }, edited)}` : sql``})`;
  });
  return sql`(not ${hasEvent('r', kind, edited)} ${sql.join(held, sql` `)})`;
}

/** Deletes what was made, with its parts, where it is free to go. */
export async function deleteMade(
  ctx: Context,
  kind: TableKind,
  import_id: string,
  ids: string[],
  referring: Link[],
  parts: PartLink[],
): Promise<number> {
  return ctx.tx.run(sql`delete from ${sql.table(kind.table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}::uuid[])
    and ${isFree(kind, import_id, referring, parts)} ${kind.table === memberships ? sql`and ${wasMade(kind, import_id)}` : sql``}
    ${standsAlone(kind, import_id, parts)}`);
}

/** What was made and is not free to go. */
export async function heldOf(
  ctx: Context,
  kind: TableKind,
  import_id: string,
  referring: Link[],
  parts: PartLink[],
): Promise<string[]> {
  const rows = await ctx.tx.many<{ id: string }>(sql`select r.id from ${sql.table(kind.table)} r
    where r.tenant_id = ${ctx.tenant_id} and ${wasMade(kind, import_id)} and not ${isFree(kind, import_id, referring, parts)}`);
  return rows.map(({ id }) => id);
}

interface Left {
  total: number;
  samples: { id: string; name: string | null; edited: boolean }[];
}

export async function stillThere(
  ctx: Context,
  kind: TableKind,
  import_id: string,
  parts: PartLink[],
  samples_max: number,
): Promise<Left> {
  const isSame = kind.table === memberships ? sql`and r.team_id::text = e.after ->> 'team_id'` : sql``;
  const made = sql`from audit_event e join ${sql.table(kind.table)} r on r.tenant_id = e.tenant_id and r.id = e.record_id ${isSame}
    where e.tenant_id = ${ctx.tenant_id} and e.import_id = ${import_id} and e.resource = ${kind.resource} and e.action = 'create'
      ${standsAlone(kind, import_id, parts)}`;
  const { total } = await ctx.tx.one<{ total: number }>(sql`select count(*)::int as total ${made}`);
  const samples = await ctx.tx.many<Left['samples'][number]>(sql`select r.id, ${nameOf(kind, 'r')} as name,
    exists (select from audit_event l where l.tenant_id = e.tenant_id and l.record_id = e.record_id and l.resource = e.resource
      and l.import_id is distinct from e.import_id) as edited ${made} order by e.seq limit ${samples_max}`);
  return { total, samples };
}

/** How many records were made, and how many of them this reversal deleted, in however many tries. */
export function countMade(
  ctx: Context,
  { resource }: TableKind,
  import_id: string,
  reversal_request_id: string,
): Promise<{ made: number; deleted: number }> {
  const of = sql`from audit_event e where e.tenant_id = ${ctx.tenant_id} and e.resource = ${resource}`;
  return ctx.tx.one(sql`select
    (select count(*)::int ${of} and e.import_id = ${import_id} and e.action = 'create') as made,
    (select count(*)::int ${of} and e.import_id is null and e.request_id = ${reversal_request_id} and e.action = 'delete') as deleted`);
}
