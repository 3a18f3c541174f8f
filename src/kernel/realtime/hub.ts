import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Database, sql } from '../database/database.ts';
import type { Poller } from '../database/wake.ts';

const poll_ms = { least: 60, most: 1_000 };
/**
 * After events, the hub waits a little before it reads again, so that a thousand pages get fewer, larger writes; in a
 * flood it waits longer, or notifying pages would slow down the writers.
 */
const gather_ms = { least: 100, perEvent: 4, most: 1_000 };
const events_per_read_max = 2_000;
const listeners_at_once = 100;
/** How long the hub remembers when it delivered which position. */
const remembered_ms = 60_000;

/** A committed change. Its position is (xid, seq), the order in which all readers see it. */
export interface ChangeEvent {
  xid: string;
  seq: string;
  tenant_id: string;
  resource: string;
  record_id: string | null;
  action: string;
  at: string;
}

export interface FeedPosition {
  xid: string;
  seq: string;
}

type Listener = (events: ChangeEvent[]) => void;
type FeedRow = { history: string } & (ChangeEvent | { xid: null });

/**
 * Follows the feed and passes each committed change to the listeners of this node, once and in order. It reads when a
 * transaction has ended, and also polls, in case the notification was lost. The cursor stays below pg_snapshot_xmin, so
 * that a transaction that commits late is never skipped.
 */
export class ChangeHub {
  /**
   * Which history of the database is followed. It is another one after a replica took over or a backup was restored in
   * its place: what was delivered before may then never have happened, and its positions are counted anew.
   */
  history = '';
  private readonly db: Database;
  private readonly log: Logger;
  private readonly listeners = new Set<Listener>();
  private readonly restarts = new Set<() => void>();
  private position: FeedPosition = { xid: '0', seq: '0' };
  /**
   * The positions delivered and when, the newest last. The first is that of the start, or older than anybody asks for.
   */
  private past: { at: number; position: FeedPosition }[] = [];
  private stopped = false;
  private poller: Poller | undefined;
  private loop: Promise<void> | undefined;

  constructor(db: Database, log: Logger) {
    this.db = db;
    this.log = log;
  }

  async start(): Promise<void> {
    await this.begin();
    this.poller = this.db.wake.poller({ leastMs: poll_ms.least, mostMs: poll_ms.most });
    this.loop = this.follow(this.poller);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.poller?.close();
    await this.loop;
  }

  private async begin(): Promise<void> {
    const [row] = await this.db.call<{ history: string }>(sql`select app.feed_history() as history`);
    this.position = await this.end();
    this.history = row!.history;
    this.past = [];
    this.remember();
  }

  /** The end of the feed: everything that becomes visible from now on comes after it. */
  async end(): Promise<FeedPosition> {
    const [row] = await this.db.call<{ xid: string }>(sql`select * from app.feed_end()`);
    // Just below the first transaction that may still be running.
    return { xid: (BigInt(row!.xid) - 1n).toString(), seq: '9223372036854775807' };
  }

  /** The position up to which this node has delivered. */
  get delivered(): FeedPosition {
    return this.position;
  }

  /** The position that this node had delivered `ms` ago; undefined when that is too long ago or before its start. */
  deliveredBefore(ms: number): FeedPosition | undefined {
    return ms > remembered_ms ? undefined : this.past.findLast(({ at }) => at <= performance.now() - ms)?.position;
  }

  private remember(): void {
    const now = performance.now();
    this.past.push({ at: now, position: this.position });
    const forgotten = this.past.findLastIndex(({ at }) => at <= now - remembered_ms);
    if (forgotten > 0) this.past.splice(0, forgotten);
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls back when the hub follows another history of the database, of which nobody knows what is different in it. */
  onRestart(listener: () => void): () => void {
    this.restarts.add(listener);
    return () => this.restarts.delete(listener);
  }

  /** Events after a position, for a stream that resumes. */
  async read(after: FeedPosition): Promise<ChangeEvent[]> {
    return (await this.readWithHistory(after)).events;
  }

  private async readWithHistory(after: FeedPosition): Promise<{ history: string; events: ChangeEvent[] }> {
    const rows = await this.db.call<FeedRow>(
      sql`select h.history, f.* from (select app.feed_history() as history) h
        left join app.feed_since(${after.xid}, ${after.seq}, ${events_per_read_max}) f on true`,
    );
    return { history: rows[0]!.history, events: rows.filter((row) => row.xid !== null) };
  }

  /** Undefined when the feed could not be read, or is another one since. */
  private async next(): Promise<ChangeEvent[] | undefined> {
    try {
      const { history, events } = await this.readWithHistory(this.position);
      if (history === this.history) return events;
      await this.begin();
      this.log.warn('The database goes on from another history, as after a failover; open pages read everything again');
      for (const restarted of this.restarts) restarted();
    } catch (error) {
      this.log.warn({ err: error }, 'reading the feed failed; trying again');
    }
    return undefined;
  }

  /** Pauses now and then: writing to a thousand pages takes long, and requests must not wait for all of them. */
  private async deliver(events: ChangeEvent[]): Promise<void> {
    let served = 0;
    for (const listener of this.listeners) {
      listener(events);
      if (++served % listeners_at_once === 0) await turn();
    }
  }

  private async follow(poller: Poller): Promise<void> {
    while (!this.stopped) {
      const events = await this.next();
      if (events === undefined) {
        await sleep(1_000);
        continue;
      }
      const last = events.at(-1);
      if (last) {
        this.position = { xid: last.xid, seq: last.seq };
        await this.deliver(events);
        this.remember();
      }
      if (events.length < events_per_read_max) await (last ? sleep(gatherTime(events.length)) : poller.wait());
    }
  }
}

const gatherTime = (events: number): number => Math.min(gather_ms.least + gather_ms.perEvent * events, gather_ms.most);

export const laterThan = (a: FeedPosition, b: FeedPosition): boolean => inOrder(a, b) > 0;

/** Negative where `a` comes first, for sorting. */
export const inOrder = (a: FeedPosition, b: FeedPosition): number => order(a.xid, b.xid) || order(a.seq, b.seq);

/** Compares two numbers in decimal digits, as PostgreSQL writes them. */
const order = (a: string, b: string): number => a.length - b.length || (a > b ? 1 : a < b ? -1 : 0);
