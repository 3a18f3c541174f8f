import { query_canceled } from '../../kernel/database/batch.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import { systemActor, withContext } from '../../kernel/tenancy/context.ts';

/**
 * So many rows into a run the tables it fills are analysed, and again whenever it has loaded as many rows as before.
 */
const first_refresh_rows = 5_000;

/**
 * Keeps the planner's statistics in step with a run: on a fresh installation nobody has analysed the tables, and
 * autovacuum comes when it comes. In transactions of its own, so that the locks of ANALYZE are short.
 */
export class Statistics {
  readonly #db: Database;
  readonly #tenant_id: string;
  #rows = 0;
  #next = first_refresh_rows;

  constructor(db: Database, tenant_id: string) {
    this.#db = db;
    this.#tenant_id = tenant_id;
  }

  async count(rows: number): Promise<void> {
    this.#rows += rows;
    if (this.#rows < this.#next) return;
    this.#next = 2 * this.#rows;
    await this.refresh();
  }

  /** What takes longer than a statement may is left to autovacuum. */
  async refresh(): Promise<void> {
    const refreshed = withContext(this.#db, systemActor(this.#tenant_id), ({ tx }) =>
      tx.run(sql`select app.refresh_statistics()`),
    );
    await refreshed.catch((error: { code?: string }) => {
      if (error.code !== query_canceled) throw error;
    });
  }
}
