import pg from 'pg';
import type { LogLine } from './line.ts';
import type { LogStore } from './log-store.ts';

const connect_ms_max = 5_000;
const append_ms_max = 20_000;

/** Keeps lines in partitions of the database, over a connection of its own: lines wait for no request, and no request for lines. */
export function openPostgresLogStore(connectionString: string): LogStore {
  const pool = new pg.Pool({
    connectionString,
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
    close: () => pool.end(),
  };
}
