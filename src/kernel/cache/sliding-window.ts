import { LRUCache } from 'lru-cache';

const counters_max = 100_000;

export interface CountResult {
  allowed: boolean;
  /** How many more events would be allowed now. */
  remaining: number;
  /** 0 when allowed; otherwise the seconds after which one event is allowed again, if none comes in between. */
  retryAfterSeconds: number;
}

/**
 * The events in the current slot of the clock and in the one before. Their sum, the earlier weighted by how much of it
 * the sliding window still covers, estimates the events in the window: two numbers per counter, however high the limit.
 * The estimate may be too high by up to two events at an even pace, so a limit of 1 may take up to two windows to open
 * again.
 */
export interface Tally {
  slot: number;
  current: number;
  previous: number;
}

/** Moves a tally to the present and adds one event when the limit allows it. */
export function tallyEvent(
  before: Tally | undefined,
  nowMs: number,
  windowMs: number,
  limit: number,
): { tally: Tally; result: CountResult } {
  const slot = Math.floor(nowMs / windowMs);
  const elapsedMs = nowMs - slot * windowMs;
  const tally = tallyAt(before, slot);
  const allowed = weigh(tally, elapsedMs, windowMs) + 1 <= limit;
  if (allowed) tally.current++;
  return { tally, result: resultOf(allowed, tally, elapsedMs, windowMs, limit) };
}

function tallyAt(before: Tally | undefined, slot: number): Tally {
  if (before?.slot === slot) return { ...before };
  return { slot, current: 0, previous: before?.slot === slot - 1 ? before.current : 0 };
}

function weigh({ current, previous }: Omit<Tally, 'slot'>, elapsedMs: number, windowMs: number): number {
  return previous * (1 - elapsedMs / windowMs) + current;
}

/** `tally` is the one after the event. */
export function resultOf(
  allowed: boolean,
  tally: Omit<Tally, 'slot'>,
  elapsedMs: number,
  windowMs: number,
  limit: number,
): CountResult {
  return {
    allowed,
    remaining: Math.max(0, Math.floor(limit - weigh(tally, elapsedMs, windowMs))),
    retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil(waitMs(tally, elapsedMs, windowMs, limit) / 1000)),
  };
}

function waitMs(
  { current, previous }: Omit<Tally, 'slot'>,
  elapsedMs: number,
  windowMs: number,
  limit: number,
): number {
  if (limit < 1) return windowMs;
  // Within this slot the earlier events fade until one more fits …
  if (current + 1 <= limit) return windowMs * (1 - (limit - 1 - current) / previous) - elapsedMs;
  // … and when this slot alone is full, its events fade during the next.
  return windowMs - elapsedMs + windowMs * (1 - (limit - 1) / current);
}

/** Counters in the memory of this process. When there are too many, the least recently used are evicted. */
export function createLocalCounters() {
  const tallies = new LRUCache<string, Tally>({ max: counters_max });
  return (key: string, windowSeconds: number, limit: number): CountResult => {
    const name = `${windowSeconds}:${key}`;
    const { tally, result } = tallyEvent(tallies.get(name), performance.now(), windowSeconds * 1000, limit);
    tallies.set(name, tally);
    return result;
  };
}
