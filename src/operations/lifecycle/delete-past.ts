import pg from 'pg';
import { type Database, sql } from '../../kernel/database/database.ts';
import { system_tenant_id, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import type { RuleName } from './contract.ts';
import type { DeletionRule } from './rules.ts';

/** Rows that are looked for at once, before they are deleted in batches. */
const found_max = 5_000;
/** What one run deletes of a table at most; the next run goes on. */
const rows_max = 1_000_000;
const batch_rows_first = 100;
const batch_rows_max = 2_000;
/**
 * What a batch may take: it has its locks no longer than this, and is cancelled after it. With the commit that stays
 * below 200 ms.
 */
const batch_ms_max = 150;
/** A batch that takes less than this leaves room for a larger one. */
const batch_ms_aim = 50;

export interface Deleted {
  rows: number;
  bytes: number;
  /** The longest transaction. */
  longest_ms: number;
}

export const nothingDeleted = (): Deleted => ({ rows: 0, bytes: 0, longest_ms: 0 });

interface Deleting {
  db: Database;
  at: Date;
  signal?: AbortSignal | undefined;
}

/** Deletes what is past its time by a rule that has steps. */
export async function deletePastRows(deleting: Deleting, { name, days, steps }: DeletionRule): Promise<Deleted> {
  const { db, at } = deleting;
  const total = nothingDeleted();
  if (days === null) return total;
  for (const step of steps ?? [])
    await deleteFound(
      deleting,
      total,
      async () =>
        (
          await db.call<{ place: string }>(
            sql`select p as place from app.past_rows(${name}, ${step}, ${at.toISOString()}::timestamptz, ${days}, ${found_max}) p`,
          )
        ).map(({ place }) => place),
      (places) =>
        sql<{
          gone: number;
        }>`select app.delete_past_rows(${name}, ${step}, ${at.toISOString()}::timestamptz, ${days}, ${places}) as gone`,
    );
  return total;
}

/** Deletes what has been in the trash for so many days, with all that hangs on it. */
export async function deletePastTrash(deleting: Deleting, days: number): Promise<Deleted> {
  const { db, at } = deleting;
  const total = nothingDeleted();
  const find = () =>
    db.call<{ relation: string; tenant_id: string; id: string }>(
      sql`select relation, tenant_id, id from app.past_trash(${at.toISOString()}::timestamptz, ${days}, ${found_max}) where not held
        limit ${found_max}`,
    );
  for (let found = await find(), before = -1; found.length > 0 && total.rows !== before; found = await find()) {
    before = total.rows;
    const groups = Map.groupBy(found, ({ relation, tenant_id }) => `${relation} ${tenant_id}`);
    for (const group of groups.values()) {
      const { relation, tenant_id } = group[0]!;
      await deleteBatches(
        deleting,
        total,
        group.map(({ id }) => id),
        (ids) =>
          sql<{
            gone: number;
          }>`select app.delete_past_trash(${relation}, ${tenant_id}::uuid, ${at.toISOString()}::timestamptz, ${days},
            ${ids}::uuid[]) as gone`,
      );
    }
    if (total.rows >= rows_max) break;
  }
  return total;
}

type Remove = (keys: string[]) => ReturnType<typeof sql<{ gone: number }>>;

async function deleteFound(
  deleting: Deleting,
  total: Deleted,
  find: () => Promise<string[]>,
  remove: Remove,
): Promise<void> {
  const begun = total.rows;
  // A round that deletes nothing has found only what changed meanwhile.
  for (let found = await find(), before = -1; found.length > 0 && total.rows !== before; found = await find()) {
    before = total.rows;
    await deleteBatches(deleting, total, found, remove);
    if (found.length < found_max || total.rows - begun >= rows_max) return;
  }
}

/** Deletes what was found in as many transactions as keep each short. */
async function deleteBatches(
  { db, signal }: Deleting,
  total: Deleted,
  found: readonly string[],
  remove: Remove,
): Promise<void> {
  let size = batch_rows_first;
  for (let first = 0; first < found.length; ) {
    signal?.throwIfAborted();
    const batch = found.slice(first, first + size);
    const began = performance.now();
    const gone = await deleteBriefly(db, batch, remove);
    const ms = performance.now() - began;
    if (gone === 'too_long') {
      size = Math.ceil(batch.length / 2);
      continue;
    }
    first += batch.length;
    // What somebody has locked is left to the next run.
    if (gone === 'locked') continue;
    total.rows += gone;
    total.longest_ms = Math.max(total.longest_ms, Math.round(ms));
    if (ms < batch_ms_aim) size = Math.min(batch_rows_max, size * 2);
    else if (ms > 2 * batch_ms_aim) size = Math.max(1, Math.floor(size / 2));
  }
}

const lock_not_available = '55P03';
const deadlock_detected = '40P01';
const query_canceled = '57014';

async function deleteBriefly(db: Database, batch: string[], remove: Remove): Promise<number | 'too_long' | 'locked'> {
  try {
    return await withContext(db, systemActor(system_tenant_id), async ({ tx }) => {
      // A single row that takes longer, because much hangs on it, has to be deleted all the same.
      if (batch.length > 1) await tx.run(sql.raw(`set local statement_timeout = ${batch_ms_max}`));
      return (await tx.one(remove(batch))).gone;
    });
  } catch (error) {
    const code = codeOf(error);
    if (code === query_canceled && batch.length > 1) return 'too_long';
    if (code === lock_not_available || code === deadlock_detected) return 'locked';
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof pg.DatabaseError) return cause.code;
  return undefined;
}

/** What the page tells of the last run of a rule. */
export async function noteRun(
  db: Database,
  name: RuleName,
  at: Date,
  { rows, bytes, longest_ms }: Deleted,
  error: unknown = null,
): Promise<void> {
  const told = error === null ? null : String((error as Error)?.message ?? error);
  await db.call(
    sql`select app.note_rule_run(${name}, ${at.toISOString()}::timestamptz, ${rows}, ${bytes}, ${longest_ms}, ${told})`,
  );
}
