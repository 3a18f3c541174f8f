import type { CountResult } from './sliding-window.ts';

const ttl_seconds_max = 86_400;
const value_bytes_max = 1024 * 1024;

export interface EntryOptions {
  /** 1 to 86,400. */
  ttlSeconds: number;
  /** Tags by which many entries are invalidated at once, such as `tenant:<id>:pipelines`. */
  tags?: readonly string[];
}

export interface CacheStats {
  hits: number;
  misses: number;
  /** Operations that Redis did not answer; each used its fallback. */
  errors: number;
}

/**
 * Holds only copies of what is stored elsewhere. Values are returned as JSON gives them, each time as a new copy;
 * values above 1 MiB are not cached. Call `delete` and `invalidateTag` after the commit: what was loaded before them is
 * not cached afterwards. No operation fails because Redis does: reads miss, writes are dropped, and counters count in
 * this process alone.
 */
export interface Cache {
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown, options: EntryOptions): Promise<void>;
  /**
   * The cached value, or else the result of `load`, which is then cached. Concurrent callers for one key share one
   * load.
   */
  getOrLoad<T>(key: string, options: EntryOptions, load: () => Promise<T>): Promise<T>;
  delete(...keys: string[]): Promise<void>;
  invalidateTag(...tags: string[]): Promise<void>;
  /** Counts one event against `limit` in a sliding window. A refused event is not counted. */
  count(key: string, windowSeconds: number, limit: number): Promise<CountResult>;
  stats(): CacheStats;
  close(): Promise<void>;
}

/** Proof that nothing was invalidated since a load began; the store rejects writes with an outdated lease. */
export type Lease = readonly string[];

/** Implemented in process memory and by Redis. Values are JSON texts. */
export interface CacheStore {
  read(key: string): Promise<string | undefined>;
  /** Undefined when nothing can be cached now. `exclusive` outdates all earlier leases for the key. */
  lease(key: string, tags: readonly string[], exclusive: boolean): Promise<Lease | undefined>;
  write(key: string, text: string, options: EntryOptions, lease: Lease): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
  invalidateTags(tags: readonly string[]): Promise<void>;
  count(key: string, windowSeconds: number, limit: number): Promise<CountResult>;
  errors(): number;
  close(): Promise<void>;
}

/** A load or write in progress. Later callers for its key join it, until an invalidation makes it outdated. */
interface Flight {
  text: Promise<string | undefined>;
  tags: readonly string[];
  outdated: boolean;
}

export function cacheOver(store: CacheStore): Cache {
  const flights = new Map<string, Flight>();
  let hits = 0;
  let misses = 0;

  async function read(key: string): Promise<string | undefined> {
    const text = await store.read(key);
    if (text === undefined) misses++;
    else hits++;
    return text;
  }

  function start(
    key: string,
    { tags = [] }: EntryOptions,
    work: (flight: Flight) => Promise<string | undefined>,
  ): Flight {
    const flight: Flight = { text: Promise.resolve(undefined), tags, outdated: false };
    flights.set(key, flight);
    flight.text = work(flight).finally(() => {
      if (flights.get(key) === flight) flights.delete(key);
    });
    return flight;
  }

  function outdate(isOutdated: (key: string, flight: Flight) => boolean): void {
    for (const [key, flight] of flights) {
      if (!isOutdated(key, flight)) continue;
      flight.outdated = true;
      flights.delete(key);
    }
  }

  /** Before and after, because a load that began while the store was being invalidated may have read an old value. */
  async function invalidate(isOutdated: (key: string, flight: Flight) => boolean, tellStore: () => Promise<void>) {
    outdate(isOutdated);
    await tellStore();
    outdate(isOutdated);
  }

  const cache: Cache = {
    get: async <T>(key: string) => parse(await read(key)) as T | undefined,

    async set(key, value, options) {
      checkOptions(options);
      const text = JSON.stringify(value) as string | undefined;
      if (!isKeepable(text)) return cache.delete(key);
      outdate((other) => other === key);
      const flight = start(key, options, async (own) => {
        const lease = await store.lease(key, own.tags, true);
        if (lease && !own.outdated) await store.write(key, text, options, lease);
        return text;
      });
      await flight.text;
    },

    async getOrLoad<T>(key: string, options: EntryOptions, load: () => Promise<T>) {
      checkOptions(options);
      const joined = flights.get(key);
      if (joined) hits++;
      const flight =
        joined ??
        start(key, options, async (own) => {
          const kept = await read(key);
          if (kept !== undefined) return kept;
          const lease = await store.lease(key, own.tags, false);
          const text = JSON.stringify(await load()) as string | undefined;
          // Another process may change what was loaded while it is being stored, so later callers load again.
          if (flights.get(key) === own) flights.delete(key);
          if (lease && isKeepable(text) && !own.outdated) await store.write(key, text, options, lease);
          return text;
        });
      return parse(await flight.text) as T;
    },

    delete: (...keys) =>
      invalidate(
        (key) => keys.includes(key),
        () => store.delete(keys),
      ),

    invalidateTag: (...tags) =>
      invalidate(
        (_key, flight) => flight.tags.some((tag) => tags.includes(tag)),
        () => store.invalidateTags(tags),
      ),

    count: store.count,
    stats: () => ({ hits, misses, errors: store.errors() }),
    close: store.close,
  };
  return cache;
}

function checkOptions({ ttlSeconds }: EntryOptions): void {
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > ttl_seconds_max) {
    throw new RangeError(`ttlSeconds must be a whole number from 1 to ${ttl_seconds_max}, not ${ttlSeconds}`);
  }
}

function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

function isKeepable(text: string | undefined): text is string {
  return text !== undefined && Buffer.byteLength(text) <= value_bytes_max;
}
