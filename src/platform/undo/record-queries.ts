import type { RawBuilder } from 'kysely';
import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { labelSql } from '../../kernel/resource/label.ts';
import { reaches } from '../../kernel/resource/list.ts';
import { reverseRows } from '../../kernel/resource/reversal.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type Batch, eventsOfEach, isOf, type Target } from './event-queries.ts';

type Sql = RawBuilder<unknown>;

/** A record beside what a change did to it. */
export interface Compared {
  id: string;
  exists: boolean;
  in_trash: boolean;
  name: string | null;
  may_update: boolean;
  may_delete: boolean;
  /** What the change set; a value of a custom field counts by itself, as `custom.<key>`. */
  fields: string[];
  /** What the change set in place of values that have been erased since. */
  erased: string[];
  /** What is no longer as the change left it, or of which nobody can tell any more. */
  changed_since: string[];
  /** What stood before, as JSON that the program passes on unread: its numbers may be longer than JavaScript's. */
  before: string;
}

/**
 * From here on this transaction puts back what was: rules for what comes to a place do not hold for what returns there.
 */
export async function beginUndo(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`select set_config('app.takes_back', 'on', true)`);
}

export const inTrash = (resource: Resource): Sql => (resource.trash ? sql`r.deleted_at is not null` : sql`false`);

/**
 * Keeps others from changing these records until the transaction ends; in one order, so that two such do not wait
 * crosswise.
 */
export async function lockRecords(
  ctx: Context,
  { table, appendOnly }: Resource,
  ids: readonly string[],
): Promise<void> {
  // Nobody changes these, nor may anybody lock them.
  if (appendOnly) return;
  await ctx.tx.run(sql`select from ${sql.table(table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids})
    order by r.id for no key update`);
}

/** Which of these records exist, as far as the caller sees them. */
export async function existing(ctx: Context, table: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await ctx.tx.many<{ id: string }>(
    sql`select r.id from ${sql.table(table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}::uuid[])`,
  );
  return new Set(found.map(({ id }) => id));
}

/**
 * Compares records with what some events left of them; records that the change created, with what all of its events
 * did. That is reconstructed from now backwards: what newer events replaced is put in again. So an edit that was itself
 * undone is none, and fields that belong together can be judged though the change set only one of them. Where what a
 * newer event replaced has been erased, its fields count as changed since. The events are read once, by themselves.
 * Values are compared only where newer events or updates are to be judged: most of what an import created has neither.
 *
 * A field that another one decides is left to that: it is not to be put back, nor does it count as changed since.
 */
export function compareRecords(
  ctx: Context,
  resource: Resource,
  { seqs, ids, since }: Batch,
  created?: Target,
): Promise<Compared[]> {
  const record = (values: Sql) => sql`app.flat_row(to_jsonb(jsonb_populate_record(r, coalesce(${values}, '{}'))))`;
  const { derived } = resource;
  const isFree = (values: Sql) =>
    derived ? sql`${values} ->> (${JSON.stringify(derived)}::jsonb ->> k) is null` : sql`true`;
  return ctx.tx.many(sql`
    with event as materialized (
      select e.record_id as id, e.seq, e.action, e.before, e.fields,
        ${created ? isOf(created) : sql`e.seq = any (${seqs}::bigint[])`} as compared
      from ${eventsOfEach(
        ctx,
        sql`${ids}`,
        sql`e.resource = ${resource.name} and e.action in ('create', 'update')
        and e.at >= ${since}::timestamptz - interval '1 day'`,
        'recorded_change',
      )}
    ), lost as materialized (
      select v.id, v.seq, v.compared, f.key from event v cross join unnest(v.fields) f (key) where v.action = 'update' and v.before is null
    ), e as materialized (
      select v.id, max(v.seq) as seq,
        coalesce(jsonb_object_agg(b.key, b.value order by v.seq desc) filter (where b.key is not null), '{}') as before,
        array(select distinct l.key from lost l where l.id = v.id and l.compared) as erased
      from event v left join lateral jsonb_each(v.before) b on v.action = 'update'
      where v.compared group by v.id
    ), newer as materialized (
      select n.id, jsonb_object_agg(b.key, b.value order by n.seq desc) filter (where b.key is not null) as replaced,
        array(select l.key from lost l where l.id = n.id and l.seq > min(e.seq)) as erased
      from event n join e on e.id = n.id and e.seq < n.seq left join lateral jsonb_each(n.before) b on true group by n.id
    ), s as materialized (
      select e.id, e.seq, e.before as replaced, e.erased, newer.erased as newer_erased, r.id is not null as exists,
        coalesce(${inTrash(resource)}, false) as in_trash,
        ${labelSql(resource)} as name, ${reaches(ctx, resource, 'update')} as may_update,
          ${reaches(ctx, resource, resource.appendOnly ? 'create' : 'delete')} as may_delete,
        case when e.before <> '{}' then ${record(sql`e.before`)} end as before,
        case when c.compares then ${record(sql`newer.replaced`)} end as left_as, case
          when c.compares then app.flat_row(to_jsonb(r)) end as now
      from e left join newer on newer.id = e.id
      left join ${sql.table(resource.table)} r on r.tenant_id = ${ctx.tenant_id} and r.id = e.id and r.id = any (${ids})
      cross join lateral (select e.before <> '{}' or newer.id is not null as compares) c
    )
    select s.id, s.exists, s.in_trash, s.name, s.may_update, s.may_delete, coalesce(s.before::text, '{}') as before, s.erased,
      array(select k from unnest(app.differing_keys(s.before, s.left_as)) k
        where ((s.replaced ? k and s.now ? k) or (k like 'custom.%' and s.replaced ? 'custom')) and ${isFree(sql`s.before`)}) as fields,
      array(select k from unnest(app.differing_keys(s.left_as, s.now)) k where ${isFree(sql`s.left_as`)}) || array(select k
        from jsonb_object_keys(s.now) k
        where k = any (s.newer_erased) or (k like 'custom.%' and 'custom' = any (s.newer_erased))) as changed_since
    from s order by s.seq`);
}

/**
 * Puts values of before into records. They are named as a list too, by which they are looked up even where statistics
 * are missing.
 */
export async function putBack(
  ctx: Context,
  { table }: Pick<Resource, 'table'>,
  rows: readonly { id: string; fields: string[]; before: string }[],
): Promise<void> {
  const columns = [...new Set(rows.flatMap(({ fields }) => fields.map((field) => field.split('.')[0]!)))];
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const values = sql.join(columns.map((column) => sql.ref(`p.${column}`)));
  await ctx.tx.run(sql`
    update ${sql.table(table)} r set (${names}) = (select ${values} from jsonb_populate_record(r, app.put_values(to_jsonb(r),
      (select jsonb_object_agg(k, coalesce(w.before::jsonb -> k, 'null')) from unnest(w.fields) k))) p)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w (id uuid, fields text[], before text)
    where r.tenant_id = ${ctx.tenant_id} and r.id = w.id and r.id = any (${rows.map(({ id }) => id)})`);
}

/** To the trash where there is one, unless for good. What is only appended is set off. */
export async function removeRecords(
  ctx: Context,
  resource: Resource,
  ids: readonly string[],
  forGood: boolean,
): Promise<void> {
  const { table, trash, appendOnly } = resource;
  if (appendOnly) return void (await reverseRows(ctx, resource, ids));
  const these = sql`r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids})`;
  await ctx.tx.run(
    trash && !forGood
      ? sql`update ${sql.table(table)} r set deleted_at = now() where ${these}`
      : sql`delete from ${sql.table(table)} r where ${these}`,
  );
}

/** Says to open pages that records whose tags or products changed are to be read again, as a change of them does. */
export async function touchRecords(ctx: Context, { table }: Resource, ids: readonly string[]): Promise<void> {
  await ctx.tx.run(
    sql`update ${sql.table(table)} r set updated_at = now() where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids})`,
  );
}
