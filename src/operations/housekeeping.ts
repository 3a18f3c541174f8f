import type { Logger } from 'pino';
import { type Database, sql } from '../kernel/database/database.ts';
import { expireFiles } from '../kernel/files/expire.ts';
import { usage_days } from '../kernel/usage/contract.ts';
import { notification_days } from '../modules/directory/notification/contract.ts';
import { trash_days } from '../modules/directory/trash/contract.ts';
import { undo_days } from '../modules/directory/undo/contract.ts';

const interval_ms = 3_600_000;
const minute_ms = 60_000;
/** Tasks whose time came while nothing ran are told of, as long as it is no longer ago. */
const missed_ms_max = 24 * 3_600_000;
const rounds_max = 100;

/** What must be done every minute or hour on some node, whichever: telling of tasks that are due, partitions ahead, the daily search for duplicates and fitting of models, and deleting what is past its time. All are safe to do twice. */
export class Housekeeping {
  private readonly db: Database;
  private readonly log: Logger;
  private timer: NodeJS.Timeout | undefined;
  private minutely: NodeJS.Timeout | undefined;
  private toldUntil = Date.now() - missed_ms_max;
  private current: Promise<void> = Promise.resolve();
  private telling: Promise<void> = Promise.resolve();

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
    const tell = () => {
      this.telling = this.notifyOfDueTasks().catch((error: Error) =>
        this.log.error({ err: error }, 'telling of tasks that are due failed; it is tried again in a minute'),
      );
    };
    tell();
    this.minutely = setInterval(tell, minute_ms);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    clearInterval(this.minutely);
    await this.current;
    await this.telling;
  }

  private async notifyOfDueTasks(): Promise<void> {
    const until = Date.now();
    // A minute twice: what was committed late belongs to the one before. Nobody is told twice.
    const since = new Date(this.toldUntil - minute_ms).toISOString();
    await this.db.call(sql`select app.schedule_task_notices(${since}::timestamptz)`);
    this.toldUntil = until;
  }

  private async tidy(): Promise<void> {
    await this.db.call(sql`select app.ensure_partitions()`);
    await this.db.call(sql`select app.schedule_duplicate_search(), app.schedule_score_fit()`);
    await expireFiles(this.db, this.log);
    for (let round = 0; round < rounds_max; round++) {
      const [row] = await this.db.call<{ gone: number }>(
        sql`select app.purge_expired() + app.purge_credentials() + app.purge_trash(${trash_days})
          + app.purge_conversions(${undo_days}) + app.purge_notifications(${notification_days})
          + app.purge_usage(${usage_days}) as gone`,
      );
      if (row!.gone === 0) return;
    }
  }
}
