import type { Logger } from 'pino';
import { type Database, sql } from '../database/database.ts';

const flush_ms = 30_000;
const waiting_max = 10_000;

/** Notes which files people read, for the tiers: to the day, some seconds later, and not at all where that fails. */
export class FileReads {
  private readonly db: Database;
  private readonly log: Logger;
  private waiting = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(db: Database, log: Logger) {
    this.db = db;
    this.log = log;
  }

  add(key: string): void {
    if (this.waiting.size >= waiting_max) return;
    this.waiting.add(key);
    this.timer ??= setTimeout(() => this.flush(), flush_ms).unref();
  }

  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const keys = [...this.waiting];
    this.waiting = new Set();
    if (keys.length === 0) return;
    await this.db
      .call(sql`select app.note_file_reads(${keys})`)
      .catch((error: Error) => this.log.warn({ err: error }, 'which files were read could not be noted'));
  }
}
