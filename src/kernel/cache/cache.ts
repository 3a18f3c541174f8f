import type { CountResult } from './sliding-window.ts';

const ttl_seconds_max = 86_400;
const value_bytes_max = 1024 * 1024;

export interface KeepOptions {
  /** 1 to 86,400. */
  ttlSeconds: number;
  /** Names under which many entries are invalidated at once, such as `tenant:<id>:pipelines`. */
  tags?: readonly string[];
}

export interface CacheStats {
  hits: number;
  misses: number;
  /** Operations that Redis did not answer; each fell back. */
  errors: number;
}

/**
 * Holds only what can be had again elsewhere. Values come back as JSON gives them, each time a copy of one's own; values above
 * 1 MiB are not kept. Call `delete` and `invalidateTag` after the commit: what was loaded before them is not kept afterwards.
 * No operation fails because Redis does: reads miss, writes are dropped, counters count in this process alone.
 */
export interface Cache {
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown, options: KeepOptions): Promise<void>;
  /** The kept value, or what `load` gives, which is then kept. Callers that ask for one key at the same time share one load. */
  getOrLoad<T>(key: string, options: KeepOptions, load: () => Promise<T>): Promise<T>;
  delete(...keys: string[]): Promise<void>;
  invalidateTag(...tags: string[]): Promise<void>;
  /** Counts one event against `limit` in a sliding window. A refused event is not counted. */
  count(key: string, windowSeconds: number, limit: number): Promise<CountResult>;
  stats(): CacheStats;
  close(): Promise<void>;
}

/** Proof that nothing was invalidated since a load began; the store refuses to write with an outdated one. */
export type Lease = readonly string[];

/** What in-process memory and Redis each provide. Values are JSON texts. */
export interface CacheStore {
  read(key: string): Promise<string | undefined>;
  /** Undefined: nothing can be kept now. `exclusive` outdates all leases for the key given before. */
  lease(key: string, tags: readonly string[], exclusive: boolean): Promise<Lease | undefined>;
  write(key: string, text: string, options: KeepOptions, lease: Lease): Promise<void>;
  delete(keys: readonly string[]): Promise<void>;
  invalidateTags(tags: readonly string[]): Promise<void>;
  count(key: string, windowSeconds: number, limit: number): Promise<CountResult>;
  errors(): number;
  close(): Promise<void>;
}

/** A load or write under way. Who asks for its key joins it, until an invalidation makes it outdated. */
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
    { tags = [] }: KeepOptions,
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

  /** Twice, because what began while the store was being told may have read what is gone now. */
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

    async getOrLoad<T>(key: string, options: KeepOptions, load: () => Promise<T>) {
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
          // While the store is being told, another process may change what was loaded: who asks from now on looks anew.
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

function checkOptions({ ttlSeconds }: KeepOptions): void {
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
