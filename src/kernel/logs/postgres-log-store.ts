import pg from 'pg';
import { sql } from '../database/database.ts';
import type { LogLine } from './line.ts';
import type { FoundCounts, FoundLines, LogStore } from './log-store.ts';

const connect_ms_max = 5_000;
const append_ms_max = 20_000;

/**
 * Keeps lines in partitions of the database. They are stored over a connection of their own, so that lines wait for no request and no request for
 * lines; they are read in the transaction of the request.
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
    append: async (lines: readonly LogLine[]) => {
      await pool.query({
        name: 'append_log',
        text: 'select app.append_log($1::jsonb)',
        values: [JSON.stringify(lines)],
      });
    },
    search: async ({ tx }, { everything, filter }, before, limit) => {
      const { found } = await tx.one<{ found: FoundLines }>(
        sql`select app.search_log(${everything}, ${JSON.stringify(filter)}::jsonb, ${before?.at ?? null}::timestamptz, ${before?.id ?? null}::uuid, ${limit}) as found`,
      );
      return found;
    },
    histogram: async ({ tx }, { everything, filter }, bars) => {
      const { found } = await tx.one<{ found: FoundCounts }>(
        sql`select app.log_histogram(${everything}, ${JSON.stringify(filter)}::jsonb, ${bars}) as found`,
      );
      return found;
    },
    expire: async () => void (await pool.query('select app.purge_log($1)', [days])),
    check: async () => {
      await pool.query('select');
      return 'In the database';
    },
    close: () => pool.end(),
  };
}
