import type { Logger } from 'pino';
import { type Database, sql } from '../kernel/database/database.ts';
import { expireFiles } from '../kernel/files/expire.ts';
import { trash_days } from '../modules/directory/trash/contract.ts';

const interval_ms = 3_600_000;
const rounds_max = 100;

/** What must be done every hour on some node, whichever: partitions ahead, the daily search for duplicates and fitting of models, and deleting what is past its time. All are safe to do twice. */
export class Housekeeping {
  private readonly db: Database;
  private readonly log: Logger;
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> = Promise.resolve();

  constructor({ db, log }: { db: Database; log: Logger }) {
    this.db = db;
    this.log = log;
  }

  start(): void {
    const tidy = () => {
      this.current = this.tidy().catch((error: Error) =>
        this.log.error({ err: error }, 'housekeeping failed; it is tried again in an hour'),
      );
    };
    tidy();
    this.timer = setInterval(tidy, interval_ms);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.current;
  }

  private async tidy(): Promise<void> {
    await this.db.call(sql`select app.ensure_partitions()`);
    await this.db.call(sql`select app.schedule_duplicate_search(), app.schedule_score_fit()`);
    await expireFiles(this.db, this.log);
    for (let round = 0; round < rounds_max; round++) {
      const [row] = await this.db.call<{ gone: number }>(
        sql`select app.purge_expired() + app.purge_credentials() + app.purge_trash(${trash_days}) as gone`,
      );
      if (row!.gone === 0) return;
    }
  }
}
