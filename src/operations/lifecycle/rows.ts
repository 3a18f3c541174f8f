import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Period } from './catalogue.ts';

const fetch_rows = 2_000;
/** Whoever works on the trail waits for a change of its partitions at most so long. */
const lock_ms_max = 100;
const lock_attempts_max = 300;
const lock_pause_ms = 200;

/**
 * A row as a line: its columns without those that are null, so that a column which comes later changes no line.
 * PostgreSQL writes the keys of jsonb in one order, so equal rows are equal lines.
 */
export const lineOf = (row: string): string =>
  `(select jsonb_object_agg(f.key, f.value) from jsonb_each(to_jsonb(${row})) f where f.value <> 'null')`;

/** The lines of a query in batches, read in one snapshot. */
async function* readLines(
  client: pg.Client,
  role: 'owner' | 'holdfast_system',
  from: string,
  values: unknown[],
): AsyncGenerator<string[]> {
  await client.query(`begin isolation level repeatable read read only; set local timezone = 'UTC'`);
  try {
    if (role !== 'owner') await client.query(`set local role ${role}`);
    await client.query(`declare lines no scroll cursor for select ${lineOf('t')}::text as line ${from}`, values);
    while (true) {
      const { rows } = await client.query<{ line: string }>(`fetch ${fetch_rows} from lines`);
      if (rows.length === 0) return;
      yield rows.map(({ line }) => line);
    }
  } finally {
    await client.query('rollback').catch(() => {});
  }
}

/**
 * All rows of a table that holds events of the trail, attached or not: its owner is bound by no policy of the parent.
 */
export const eventLines = (client: pg.Client, table: string): AsyncGenerator<string[]> =>
  readLines(client, 'owner', `from public.${pg.escapeIdentifier(table)} t order by t.tenant_id, t.seq, t.at`, []);

export const historyLines = (client: pg.Client, { of_tenant, first_at, end_at }: Period): AsyncGenerator<string[]> =>
  readLines(
    client,
    'holdfast_system',
    'from public.record_history t where t.tenant_id = $1 and t.at >= $2 and t.at < $3 order by t.seq',
    [of_tenant, first_at, end_at],
  );

/**
 * Runs, in one transaction, what needs the trail for itself for a moment. Others queue behind whoever waits for such a
 * lock, so it gives up after a tenth of a second and tries again later.
 */
export async function withBriefLock(
  client: pg.Client,
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      await client.query(`begin; set local lock_timeout = ${lock_ms_max}; set local timezone = 'UTC'`);
      await work();
      await client.query('commit');
      return;
    } catch (error) {
      await client.query('rollback').catch(() => {});
      const isBusy = error instanceof pg.DatabaseError && (error.code === '55P03' || error.code === '40P01');
      if (!isBusy || attempt >= lock_attempts_max) throw error;
      await sleep(lock_pause_ms * (0.5 + Math.random()), undefined, { signal });
    }
  }
}
