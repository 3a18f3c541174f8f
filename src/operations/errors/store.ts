import pg from 'pg';
import type { LogLine } from '../../kernel/logs/line.ts';
import type { LogStore } from '../../kernel/logs/log-store.ts';
import { isOfContent } from '../../kernel/logs/postgres-log-store.ts';
import { groupErrors } from './report.ts';
import type { SentrySender } from './sentry.ts';

const connect_ms_max = 5_000;
const note_ms_max = 20_000;

type Sink = Pick<LogStore, 'append' | 'close'>;

interface Options {
  databaseUrl: string;
  version: string;
  /** Where errors go besides. */
  sentry?: Pick<SentrySender, 'addAll' | 'stop'> | undefined;
}

/**
 * A store of log lines that also adds the errors among them to their reports. So reports are written behind the back of
 * requests, and of what waited on disk while the database was away, or was left by a process that ended.
 */
export function withErrorReports(store: Sink, { databaseUrl, version, sentry }: Options): Sink {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'holdfast-errors',
    max: 1,
    connectionTimeoutMillis: connect_ms_max,
    query_timeout: note_ms_max,
    statement_timeout: note_ms_max,
    idleTimeoutMillis: 10_000,
  });
  // What fails while nothing is asked is opened again at the next error.
  pool.on('error', () => {});
  return {
    append: async (lines: readonly LogLine[]) => {
      await store.append(lines);
      const groups = groupErrors(lines, version);
      if (groups.length === 0) return;
      await pool.query('select app.note_errors($1::jsonb)', [JSON.stringify(groups)]).catch((error: unknown) => {
        // What the database cannot take it never will; the lines are stored, and others must not wait for this.
        if (!isOfContent(error)) throw error;
        process.stderr.write(`${groups.length} error reports could not be kept: ${(error as Error).message}\n`);
      });
      sentry?.addAll(groups);
    },
    close: async () => {
      await Promise.all([pool.end(), sentry?.stop()]);
      await store.close();
    },
  };
}
