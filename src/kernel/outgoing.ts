import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from './database/database.ts';

const reread_ms = 3_000;

export const silent_copy =
  'This is a pseudonymised copy, which sends nothing. An operator may change that: holdfast copy send';

/**
 * Whether e-mails, webhooks and alerts leave this installation. A pseudonymised copy sends nothing until an operator
 * lets it: what it would send is made up, and it could be told to whom it must not be.
 */
export class Outgoing {
  private state: 'unknown' | 'original' | 'sends' | 'silent' = 'unknown';
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> = Promise.resolve();
  private readonly db: Database;
  private readonly log: Logger;

  constructor(db: Database, log: Logger) {
    this.db = db;
    this.log = log;
  }

  get allowed(): boolean {
    return this.state === 'original' || this.state === 'sends';
  }

  get isCopy(): boolean {
    return this.state === 'sends' || this.state === 'silent';
  }

  /** An original never becomes a copy while it runs; of a copy the operator may change their mind. */
  async start(): Promise<void> {
    await this.read();
    if (this.state === 'original') return;
    this.timer = setInterval(() => {
      this.reading = this.reading.then(() => this.read());
    }, reread_ms).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.reading;
  }

  private async read(): Promise<void> {
    if (this.state === 'original') return;
    try {
      const [copy] = await this.db.call<{ sends: boolean }>(sql`select sends from pseudonymised_copy`);
      const state = copy ? (copy.sends ? 'sends' : 'silent') : 'original';
      if (state === 'silent' && this.state !== 'silent')
        this.log.warn('This is a pseudonymised copy: it sends no e-mails, webhooks or alerts (holdfast copy send)');
      this.state = state;
    } catch (error) {
      this.log.error({ err: error }, 'Whether this installation may send anything could not be read');
    }
  }
}
