import { LRUCache } from 'lru-cache';

/** Estimated costs are in the planner's unit; on an analysed database one unit took 1 to 10 microseconds. */
const long_cost = 50_000;
/**
 * Over this a query is refused. With 100,000 analysed contacts honest filters through relations were estimated at up to 1.2 million, and the first
 * that took more than six seconds at 5.8 million. At a million contacts costs are taken to be ten times as high; that was not measured.
 */
const rejected_cost = 60_000_000;
/** A read that ran for longer goes with the long ones next time; one that ran for less goes with the short ones. */
const long_ms = 250;
/** Of reads that are not estimated, so many slow runs in a row make one long: one may be a hiccup of the machine. */
const strikes_max = 2;
const remembered_ms = 30_000;
const remembered_max = 5_000;

export type ReadClass = 'short' | 'long';

interface Memory {
  class: ReadClass;
  strikes: number;
}

/**
 * What is known of reads by tenant and statement text: how their last run, or else the planner's estimate, went. Values of parameters are not
 * looked at. A wrong guess costs one run in the wrong lane, which its time corrects.
 */
export class ReadClasses {
  private readonly known = new LRUCache<string, Memory>({ max: remembered_max, ttl: remembered_ms });

  classOf(key: string): ReadClass | undefined {
    return this.known.get(key)?.class;
  }

  /** Answers undefined when the cost is over the limit; that is not remembered, as other values may cost less. */
  estimated(key: string, cost: number): ReadClass | undefined {
    if (cost > rejected_cost) return undefined;
    const read: ReadClass = cost > long_cost ? 'long' : 'short';
    this.known.set(key, { class: read, strikes: strikes_max - 1 });
    return read;
  }

  /** Reads that are neither slow nor remembered leave no trace. */
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
