import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Database, sql } from '../database/database.ts';

const poll_ms = 60;
/**
 * After changes the next ones wait a little longer, and reach a thousand pages with fewer writes; in a flood longer still,
 * or telling pages of it would slow those who write.
 */
const gather_ms = { least: 100, perEvent: 4, most: 1_000 };
export const events_per_read_max = 2_000;
const listeners_at_once = 100;
/** For so long the hub knows when it had delivered what. */
const remembered_ms = 60_000;

/** A committed change. Its place is (xid, seq), the order in which every reader sees it. */
export interface ChangeEvent {
  xid: string;
  seq: string;
  tenant_id: string;
  resource: string;
  record_id: string | null;
  action: string;
  at: string;
}

export interface OutboxCursor {
  xid: string;
  seq: string;
}

type Listener = (events: ChangeEvent[]) => void;

/**
 * Follows the outbox and hands each committed change to the listeners of this node, once and in order. It polls instead of using
 * NOTIFY, whose lock makes all committing transactions of a database wait for each other. The cursor stops below
 * pg_snapshot_xmin, so that a transaction that commits late is never passed over.
 */
export class ChangeHub {
  private readonly db: Database;
  private readonly log: Logger;
  private readonly listeners = new Set<Listener>();
  private place: OutboxCursor = { xid: '0', seq: '0' };
  /** What was delivered when, the newest last; the first was when the hub began, or earlier than anybody asks for. */
  private past: { at: number; place: OutboxCursor }[] = [];
  private stopped = false;
  private loop: Promise<void> | undefined;

  constructor(db: Database, log: Logger) {
    this.db = db;
    this.log = log;
  }

  async start(): Promise<void> {
    this.place = await this.end();
    this.remember();
    this.loop = this.follow();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  /** Where the outbox ends now: everything visible from here on comes after it. */
  async end(): Promise<OutboxCursor> {
    const [row] = await this.db.call<{ xid: string }>(sql`select * from app.outbox_end()`);
    // Just below the first transaction that may still be running.
    return { xid: (BigInt(row!.xid) - 1n).toString(), seq: '9223372036854775807' };
  }

  /** How far this node has delivered. */
  get delivered(): OutboxCursor {
    return this.place;
  }

  /** What this node had delivered so long ago; undefined: that is too long, or before it began. */
  deliveredBefore(ms: number): OutboxCursor | undefined {
    return ms > remembered_ms ? undefined : this.past.findLast(({ at }) => at <= performance.now() - ms)?.place;
  }

  private remember(): void {
    const now = performance.now();
    this.past.push({ at: now, place: this.place });
    const forgotten = this.past.findLastIndex(({ at }) => at <= now - remembered_ms);
    if (forgotten > 0) this.past.splice(0, forgotten);
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Events after a place, for a reader that resumes. */
  read(after: OutboxCursor): Promise<ChangeEvent[]> {
    return this.db.call<ChangeEvent>(
      sql`select * from app.outbox_since(${after.xid}, ${after.seq}, ${events_per_read_max})`,
    );
  }

  /** A thousand pages take long enough to write to that requests should not wait for all of them. */
  private async tell(events: ChangeEvent[]): Promise<void> {
    let told = 0;
    for (const listener of this.listeners) {
      listener(events);
      if (++told % listeners_at_once === 0) await turn();
    }
  }

  private async follow(): Promise<void> {
    while (!this.stopped) {
      const events = await this.read(this.place).catch((error: Error) => {
        this.log.warn({ err: error }, 'reading the outbox failed; trying again');
        return undefined;
      });
      if (events === undefined) {
        await sleep(1_000);
        continue;
      }
      const last = events.at(-1);
      if (last) {
        this.place = { xid: last.xid, seq: last.seq };
        await this.tell(events);
        this.remember();
      }
      if (events.length < events_per_read_max) await sleep(last ? gatherTime(events.length) : poll_ms);
    }
  }
}

const gatherTime = (events: number): number => Math.min(gather_ms.least + gather_ms.perEvent * events, gather_ms.most);

export const laterThan = (a: OutboxCursor, b: OutboxCursor): boolean =>
  order(a.xid, b.xid) > 0 || (a.xid === b.xid && order(a.seq, b.seq) > 0);

/** Of two numbers in decimal digits, as PostgreSQL writes them. */
const order = (a: string, b: string): number => a.length - b.length || (a > b ? 1 : a < b ? -1 : 0);
