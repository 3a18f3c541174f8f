import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { sql } from '../database/database.ts';
import { uuidV7 } from '../database/uuid.ts';
import type { LogLine } from './line.ts';
import type { FoundCounts, FoundLines, LogStore } from './log-store.ts';

const connect_ms_max = 5_000;
const append_ms_max = 20_000;
/** Nobody waits long for a day to be dropped, so others may keep it from being dropped at once. */
const drop_attempts_max = 50;
const drop_pause_ms = 200;
const lock_not_available = '55P03';

/**
 * Keeps lines in partitions of the database. They are stored over a connection of their own, so that lines wait for no
 * request and no request for lines; they are read in the transaction of the request.
 */
export function openPostgresLogStore({ url, days }: { url: string; days: number }): LogStore {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'holdfast-log',
    max: 1,
    connectionTimeoutMillis: connect_ms_max,
    query_timeout: append_ms_max,
    statement_timeout: append_ms_max,
    idleTimeoutMillis: 60_000,
  });
  // What fails while nothing is asked is opened again at the next append.
  pool.on('error', () => {});
  return {
    append: (lines: readonly LogLine[]) => appendAll(pool, lines),
    search: async ({ tx }, { everything, filter }, before, limit) => {
      const { found } = await tx.one<{ found: FoundLines }>(
        sql`select app.search_log(${everything}, ${JSON.stringify(filter)}::jsonb, ${before?.at ?? null}::timestamptz,
          ${before?.id ?? null}::uuid, ${limit}) as found`,
      );
      return found;
    },
    histogram: async ({ tx }, { everything, filter }, bars) => {
      const { found } = await tx.one<{ found: FoundCounts }>(
        sql`select app.log_histogram(${everything}, ${JSON.stringify(filter)}::jsonb, ${bars}) as found`,
      );
      return found;
    },
    expire: (signal) =>
      dropPastDays(
        async () => (await pool.query<{ gone: number }>('select app.purge_log($1) as gone', [days])).rows[0]!.gone,
        signal,
      ),
    check: async () => {
      await pool.query('select');
      return 'In the database';
    },
    close: () => pool.end(),
  };
}

/**
 * Whether the database refused what it was given, and always will: text that is none, a number out of range, a rule
 * that is broken. What is sent again until it is taken must not contain such a thing.
 */
export const isOfContent = (error: unknown): boolean => /^2[23]/.test((error as pg.DatabaseError).code ?? '');

/**
 * A line that the database does not take is replaced by one that says so: it would keep all others from being stored.
 */
async function appendAll(pool: pg.Pool, lines: readonly LogLine[], replaced = false): Promise<void> {
  try {
    await pool.query({ name: 'append_log', text: 'select app.append_log($1::jsonb)', values: [JSON.stringify(lines)] });
  } catch (error) {
    if (!isOfContent(error) || replaced) throw error;
    if (lines.length === 1) return appendAll(pool, [unstorable(error as pg.DatabaseError)], true);
    const half = Math.ceil(lines.length / 2);
    await appendAll(pool, lines.slice(0, half));
    await appendAll(pool, lines.slice(half));
  }
}

const not_stored = 'a line of the log was not stored: the database does not take it; it is on stdout';

const unstorable = ({ code }: pg.DatabaseError): LogLine => ({
  id: uuidV7(),
  at: new Date().toISOString(),
  level: 40,
  tenant_id: null,
  user_id: null,
  route: null,
  request_id: null,
  trace_id: null,
  process: `${hostname()}:${process.pid}`.slice(0, 100),
  message: not_stored,
  data: JSON.stringify({ code }),
});

/**
 * Drops the days of the log that are past their time, of which `drop` drops the oldest and answers how many there were.
 * Answers how many days are gone.
 */
export async function dropPastDays(drop: () => Promise<number>, signal: AbortSignal): Promise<number> {
  for (let days_gone = 0; ; days_gone++) if ((await inSpiteOfLocks(drop, signal)) === 0) return days_gone;
}

async function inSpiteOfLocks(drop: () => Promise<number>, signal: AbortSignal): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await drop();
    } catch (error) {
      if ((error as pg.DatabaseError).code !== lock_not_available || attempt === drop_attempts_max) throw error;
      await sleep(drop_pause_ms, undefined, { signal });
    }
  }
}
