import pg from 'pg';

const statement_ms_max = 1_000;
const answer_ms_max = 2_000;

/**
 * A connection of the figures' own, as the application's role: they are wanted most when requests have used up the
 * pool. Each statement has little time, on the server and here.
 */
export function openFigures(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 1,
    application_name: 'holdfast-metrics',
    statement_timeout: statement_ms_max,
    query_timeout: answer_ms_max,
    connectionTimeoutMillis: answer_ms_max,
    idleTimeoutMillis: 120_000,
    keepAlive: true,
  });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Asks for rows whose numbers are double precision, which the driver reads as numbers. */
export type Ask = <Row>(text: string, values?: unknown[]) => Promise<Row[]>;

export const askOver =
  (pool: pg.Pool): Ask =>
  async <Row>(text: string, values: unknown[] = []) =>
    (await pool.query(text, values)).rows as Row[];
