import type { RawBuilder } from 'kysely';
import { isPast, ofTenant } from '../../kernel/audit/events.ts';
import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { undo_days } from './contract.ts';
import type { UndoKinds } from './kinds.ts';

type Sql = RawBuilder<unknown>;

/** What is undone: all that one change did, or only what it did to one record. */
export interface Target {
  change_id: string;
  record_id: string | null;
  /** The id is that of an import. What it made is deleted for good: in the trash it would refuse the corrected file. */
  is_import: boolean;
}

export interface ChangeEvent {
  seq: string;
  at: string;
  resource: string;
  record_id: string;
  /** `merge` is an event of a survivor beside those of what the merge did. */
  action: 'create' | 'update' | 'delete' | 'merge';
  actor_id: string | null;
  expired: boolean;
}

/**
 * Some events and the records they are about: the planner, which knows little of tables that fill fast, is told both.
 */
export interface Batch {
  seqs: string[];
  ids: string[];
  /** When the first of them was. */
  since: string;
}

export const batchOf = (events: readonly ChangeEvent[]): Batch => ({
  seqs: events.map(({ seq }) => seq),
  ids: [...new Set(events.map(({ record_id }) => record_id))],
  since: events.map(({ at }) => at).sort()[0]!,
});

/** The audit events of a change, alias `e`. */
export function eventsOf(ctx: Context, target: Target, { children }: UndoKinds): Sql {
  const { change_id, record_id, is_import } = target;
  const past = sql`${ofTenant(ctx)} and ${isPast}`;
  if (is_import) return sql`${past} and e.import_id = ${change_id}`;
  const whole = sql`${past} and e.request_id = ${change_id} and e.import_id is null`;
  if (record_id === null) return whole;
  // What it did to the record itself, which may be an import, and to rows that were part of the record by what they
  // held.
  const branches = [
    sql`(select e.seq from audit_event e where ${past} and e.record_id = ${record_id} and ${isOf(target)})`,
  ];
  const isChild = children.map(({ table, parents }) => {
    const names = parents.map(({ column }) => sql`coalesce(e.after, e.before) ->> ${column} = ${record_id}`);
    return sql`(e.resource = ${table} and (${sql.join(names, sql` or `)}))`;
  });
  if (isChild.length > 0)
    branches.push(sql`select e.seq from recorded_change e where ${whole} and (${sql.join(isChild, sql` or `)})`);
  return sql`${past} and e.seq = any (array(${sql.join(branches, sql` union all `)}))`;
}

/**
 * Whether an event, alias `e`, that was looked up by its record is one of the change: by an expression, so that not all
 * events of a large change are read for each record.
 */
export const isOf = ({ change_id }: Target): Sql =>
  sql`coalesce(e.import_id::text, e.request_id) is not distinct from ${change_id}::text`;

/** Whether an event, alias `e`, is one of the undo itself, of this batch or an earlier one. */
export const isOwn: Sql = sql`coalesce(e.request_id = nullif(current_setting('app.request_id', true), ''), false)`;

/**
 * Events of some records, alias `e`, looked up record by record: given a list of records, the planner, which knows
 * little of tables that fill fast, would read all events of the workspace for each batch. Without their values, which
 * cost a look-up and a judgement each, unless they are asked for.
 */
export const eventsOfEach = (
  ctx: Context,
  ids: Sql,
  where: Sql,
  source: 'audit_event' | 'recorded_change' = 'audit_event',
): Sql =>
  sql`unnest(${ids}::uuid[]) as u (id) cross join lateral (select * from ${sql.table(source)} e
    where ${ofTenant(ctx)} and e.record_id = u.id and ${isPast} and e.action <> 'signal' and ${where} offset 0) e`;

/** Other actions name what one of these did, such as a change of state. */
const isUndoable: Sql = sql`e.action in ('create', 'update', 'delete', 'merge')`;

/** Newest first; those before `before_seq`. */
export function readEvents(
  ctx: Context,
  target: Target,
  kinds: UndoKinds,
  before_seq: string | null,
  rows_max: number,
): Promise<ChangeEvent[]> {
  const isBefore = before_seq === null ? sql`true` : sql`e.seq < ${before_seq}`;
  return ctx.tx.many(sql`select e.seq, e.at, e.resource, e.record_id, e.action, e.actor_id,
      e.at < now() - make_interval(days => ${undo_days}) as expired
    from audit_event e where (${eventsOf(ctx, target, kinds)}) and e.record_id is not null and ${isUndoable} and ${isBefore}
    order by e.seq desc limit ${rows_max}`);
}

export async function countEvents(ctx: Context, target: Target, kinds: UndoKinds): Promise<number> {
  const { count } = await ctx.tx.one<{ count: number }>(
    sql`select count(*)::int as count from audit_event e where (${eventsOf(ctx, target, kinds)}) and ${isUndoable}`,
  );
  return count;
}

/** Which of these records the change created. */
export async function createdBy(
  ctx: Context,
  target: Target,
  resource: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const isCreation = sql`e.resource = ${resource} and e.action = 'create' and ${isOf(target)}`;
  const rows = await ctx.tx.many<{ id: string }>(
    sql`select e.record_id as id from ${eventsOfEach(ctx, sql`${ids}`, isCreation)}`,
  );
  return new Set(rows.map(({ id }) => id));
}

/** Whether an import, or the reversal of one, has this id. */
export async function isImport(ctx: Context, change_id: string): Promise<boolean> {
  const row = await ctx.tx.one<{ found: boolean }>(sql`select exists (select from import
      where tenant_id = ${ctx.tenant_id} and id = ${change_id})
    or exists (select from change where tenant_id = ${ctx.tenant_id} and id = ${change_id} and kind = 'import_reversal') as found`);
  return row.found;
}

/** Whether the caller may see any of these records, in the trash or not. */
export async function seesAny(ctx: Context, tables: readonly { table: string; ids: string[] }[]): Promise<boolean> {
  const found = await Promise.all(
    tables.map(({ table, ids }) =>
      ctx.tx.maybe(
        sql`select 1 from ${sql.table(table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = any (${ids}) limit 1`,
      ),
    ),
  );
  return found.some((row) => row !== undefined);
}

/** Whether it gave a custom field another type, and values the form of it. */
export async function isConversion(ctx: Context, change_id: string): Promise<boolean> {
  const { conversion } = await ctx.tx.one<{ conversion: boolean }>(
    sql`select app.is_conversion(${change_id}) as conversion`,
  );
  return conversion;
}
