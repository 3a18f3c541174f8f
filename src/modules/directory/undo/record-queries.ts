import type { RawBuilder } from 'kysely';
import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { labelSql } from '../../../kernel/resource/label.ts';
import { reaches } from '../../../kernel/resource/list.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { Link } from '../import/index.ts';
import { type Batch, isOf, type Target } from './event-queries.ts';

type Sql = RawBuilder<unknown>;

/** A record beside what a change did to it. */
export interface Compared {
  id: string;
  /** The change made it. */
  made: boolean;
  there: boolean;
  trashed: boolean;
  name: string | null;
  may_update: boolean;
  may_delete: boolean;
  /** What the change set; a value of a custom field counts by itself, as `custom.<key>`. */
  keys: string[];
  /** What is no longer as the change left it. */
  moved: string[];
  /** What stood before, as JSON that the program passes on unread: its numbers may be longer than JavaScript's. */
  before: string;
}

/** From here on this transaction puts back what was: rules for what comes to a place do not hold for what returns there. */
export async function beginTakingBack(ctx: Context): Promise<void> {
  await ctx.tx.run(sql`select set_config('app.takes_back', 'on', true)`);
}

const trashedSql = (resource: Resource): Sql => (resource.trash ? sql`r.deleted_at is not null` : sql`false`);

/** Keeps others from changing these records until the transaction ends; in one order, so that two such do not wait crosswise. */
export async function lockRecords(ctx: Context, { table }: Resource, ids: readonly string[]): Promise<void> {
  await ctx.tx.run(sql`select from ${sql.table(table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids})
    order by r.id for no key update`);
}

/**
 * Compares records with what a change left of them. That is told from now backwards: what newer events replaced is put in again. So an edit
 * that was itself taken back is none, and fields that belong together can be judged though the change set only one of them. The events are
 * read once, by themselves: of tables that fill fast the planner knows too little to look up what is newer record by record.
 */
export function compareRecords(ctx: Context, resource: Resource, { seqs, ids, since }: Batch): Promise<Compared[]> {
  const record = (values: Sql) => sql`app.flat_row(to_jsonb(jsonb_populate_record(r, coalesce(${values}, '{}'))))`;
  return ctx.tx.many(sql`
    with event as materialized (
      select v.record_id as id, v.seq, v.action, v.before from audit_event v
      where v.tenant_id = ${ctx.tenant_id} and v.record_id = any (${ids}) and v.resource = ${resource.name} and v.action in ('create', 'update')
        and v.at >= ${since} and v.at <= now()
    ), e as materialized (
      select v.id, max(v.seq) as seq, bool_or(v.action = 'create') as made,
        coalesce(jsonb_object_agg(b.key, b.value order by v.seq desc) filter (where b.key is not null), '{}') as before
      from event v left join lateral jsonb_each(v.before) b on v.action = 'update'
      where v.seq = any (${seqs}::bigint[]) group by v.id
    ), newer as materialized (
      select n.id, jsonb_object_agg(b.key, b.value order by n.seq desc) as replaced
      from event n join e on e.id = n.id and e.seq < n.seq cross join lateral jsonb_each(n.before) b group by n.id
    ), s as materialized (
      select e.id, e.made, e.before as replaced, r.id is not null as there, coalesce(${trashedSql(resource)}, false) as trashed,
        ${labelSql(resource)} as name, ${reaches(ctx, resource, 'update')} as may_update, ${reaches(ctx, resource, 'delete')} as may_delete,
        ${record(sql`e.before`)} as before, ${record(sql`newer.replaced`)} as left_as, app.flat_row(to_jsonb(r)) as now
      from e left join newer on newer.id = e.id
      left join ${sql.table(resource.table)} r on r.tenant_id = ${ctx.tenant_id} and r.id = e.id and r.id = any (${ids})
    )
    select s.id, s.made, s.there, s.trashed, s.name, s.may_update, s.may_delete, s.before::text as before,
      array(select k from unnest(app.differing_keys(s.before, s.left_as)) k
        where (s.replaced ? k and s.now ? k) or (k like 'custom.%' and s.replaced ? 'custom')) as keys,
      app.differing_keys(s.left_as, s.now) as moved
    from s`);
}

/** Puts values of before into records. They are named as a list too, by which they are looked up even where statistics are missing. */
export async function putBack(
  ctx: Context,
  { table }: Resource,
  rows: readonly { id: string; keys: string[]; before: string }[],
): Promise<void> {
  const columns = [...new Set(rows.flatMap(({ keys }) => keys.map((key) => key.split('.')[0]!)))];
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const values = sql.join(columns.map((column) => sql.ref(`p.${column}`)));
  await ctx.tx.run(sql`
    update ${sql.table(table)} r set (${names}) = (select ${values} from jsonb_populate_record(r, app.put_values(to_jsonb(r),
      (select jsonb_object_agg(k, coalesce(w.before::jsonb -> k, 'null')) from unnest(w.keys) k))) p)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w (id uuid, keys text[], before text)
    where r.tenant_id = ${ctx.tenant_id} and r.id = w.id and r.id = any (${rows.map(({ id }) => id)})`);
}

/**
 * Which of these records something refers to that the change did not make, and that is not in the trash. What refers to them is found first, and looked
 * up in the trail as a list: of tables that fill fast the planner would else read the trail again and again, for half a minute.
 */
export function referredTo(
  ctx: Context,
  { table }: Resource,
  ids: readonly string[],
  links: readonly Link[],
  target: Target,
): Promise<{ id: string }[]> {
  const referring = links
    .filter(({ to }) => to === table)
    .map(
      ({ from, column }) => sql`select ${sql.ref(`x.${column}`)} as id, (to_jsonb(x) ->> 'id')::uuid as from_id
        from ${sql.table(from)} x where x.tenant_id = ${ctx.tenant_id} and ${sql.ref(`x.${column}`)} = any (${ids}) and to_jsonb(x) ->> 'deleted_at' is null`,
    );
  if (referring.length === 0) return Promise.resolve([]);
  return ctx.tx.many(sql`
    with r as materialized (${sql.join(referring, sql` union all `)}), made as materialized (
      select e.record_id as id from audit_event e
      where ${isOf(ctx, target)} and e.action = 'create' and e.record_id = any (array(select r.from_id from r))
    )
    select distinct r.id from r where not exists (select from made where made.id = r.from_id)`);
}

/** To the trash where there is one. */
export async function removeRecords(ctx: Context, { table, trash }: Resource, ids: readonly string[]): Promise<void> {
  const these = sql`r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids})`;
  await ctx.tx.run(
    trash
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
