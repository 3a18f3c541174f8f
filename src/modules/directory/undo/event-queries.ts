import type { RawBuilder } from 'kysely';
import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { undo_days } from './contract.ts';
import type { UndoKinds } from './kinds.ts';

type Sql = RawBuilder<unknown>;

/** What is taken back: all that one change did, or only what it did to one record. */
export interface Target {
  change_id: string;
  record_id: string | null;
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
  imported: boolean;
}

/** Some events and the records they are about: the planner, which knows little of tables that fill fast, is told both. */
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

/** The audit events of a change, alias `e`. `at <= now()` spares the partitions of the coming months. */
export function eventsOf(ctx: Context, { change_id, record_id }: Target, { children }: UndoKinds): Sql {
  const whole = sql`e.tenant_id = ${ctx.tenant_id} and e.at <= now() and e.request_id = ${change_id} and e.import_id is null`;
  if (record_id === null) return whole;
  const ofRecord = children.map(({ table, parents }) => {
    const names = parents.map(({ column }) => sql`coalesce(e.after, e.before) ->> ${column} = ${record_id}`);
    return sql`or (e.resource = ${table} and (${sql.join(names, sql` or `)}))`;
  });
  // Of an import, what it did to the record itself.
  return sql`(${whole} and (e.record_id = ${record_id} ${sql.join(ofRecord, sql` `)}))
    or (e.tenant_id = ${ctx.tenant_id} and e.at <= now() and e.record_id = ${record_id} and e.import_id = ${change_id})`;
}

/** The same, for events that are looked up by their record: by an expression, so that not all events of a large change are read for each. */
export const isOf = (ctx: Context, { change_id }: Target): Sql =>
  sql`e.tenant_id = ${ctx.tenant_id} and e.at <= now() and coalesce(e.import_id::text, e.request_id) = ${change_id}`;

/** Newest first, those before a place. */
export function readEvents(
  ctx: Context,
  target: Target,
  kinds: UndoKinds,
  place: string | null,
  rows_max: number,
): Promise<ChangeEvent[]> {
  const before = place === null ? sql`true` : sql`e.seq < ${place}`;
  return ctx.tx.many(sql`select e.seq, e.at, e.resource, e.record_id, e.action, e.actor_id, e.import_id is not null as imported,
      e.at < now() - make_interval(days => ${undo_days}) as expired
    from audit_event e where (${eventsOf(ctx, target, kinds)}) and e.record_id is not null and ${before}
    order by e.seq desc limit ${rows_max}`);
}

export async function countEvents(ctx: Context, target: Target, kinds: UndoKinds): Promise<number> {
  const { count } = await ctx.tx.one<{ count: number }>(
    sql`select count(*)::int as count from audit_event e where ${eventsOf(ctx, target, kinds)}`,
  );
  return count;
}

/** Whether an import with this id made changes: those are taken back as a whole by its own reversal. */
export async function isImport(ctx: Context, change_id: string): Promise<boolean> {
  const row = await ctx.tx.one<{ found: boolean }>(sql`select exists (select from import
    where tenant_id = ${ctx.tenant_id} and id = ${change_id}) as found`);
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
