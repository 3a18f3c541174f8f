import { LRUCache } from 'lru-cache';

/** Estimated costs are in the planner's unit; on an analysed database one unit took 1 to 10 microseconds. */
const long_cost = 50_000;
/**
 * Over this a query is refused. With 100,000 analysed contacts honest filters through relations were estimated at up to
 * 1.2 million, and the first that took more than six seconds at 5.8 million. At a million contacts costs are taken to
 * be ten times as high; that was not measured.
 */
const rejected_cost = 60_000_000;
/** A read that took longer is classed as long next time, one that took less as short. */
const long_ms = 250;
/** A read that is not estimated counts as long after this many slow runs in a row: one may be due to the machine. */
const strikes_max = 2;
const remembered_ms = 30_000;
/** How exactly: to the millisecond, the cache would start a timer for nearly each read. */
const clock_ms = 1_000;
const remembered_max = 5_000;

export type ReadClass = 'short' | 'long';

interface Memory {
  class: ReadClass;
  strikes: number;
}

/**
 * Classifies reads as short or long, by tenant and statement text: by the time of their last run, or else by the
 * planner's estimate. Parameters do not count. A wrong guess costs one run in the wrong lane, after which its time
 * corrects it.
 */
export class ReadClasses {
  private readonly known = new LRUCache<string, Memory>({
    max: remembered_max,
    ttl: remembered_ms,
    ttlResolution: clock_ms,
  });

  classOf(key: string): ReadClass | undefined {
    return this.known.get(key)?.class;
  }

  /**
   * Returns undefined when the cost is over the limit. That is not remembered, because other parameters may cost less.
   */
  estimated(key: string, cost: number): ReadClass | undefined {
    if (cost > rejected_cost) return undefined;
    const read: ReadClass = cost > long_cost ? 'long' : 'short';
    this.known.set(key, { class: read, strikes: strikes_max - 1 });
    return read;
  }

  /** Remembers the time of a read, unless it is fast and unknown. */
  ran(key: string, ms: number): void {
    const before = this.known.get(key);
    if (ms <= long_ms) {
      if (before) this.known.set(key, { class: 'short', strikes: before.class === 'long' ? strikes_max - 1 : 0 });
      return;
    }
    const strikes = (before?.strikes ?? 0) + 1;
    this.known.set(key, { class: strikes >= strikes_max ? 'long' : 'short', strikes });
  }
}
