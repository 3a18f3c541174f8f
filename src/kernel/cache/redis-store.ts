import { randomBytes } from 'node:crypto';
import type { CacheStore } from './cache.ts';
import { connectRedis, type RedisLinkOptions } from './redis-link.ts';
import { createLocalCounters, resultOf } from './sliding-window.ts';

/** The result of a load that takes longer is not cached. */
const lease_ms = 30_000;
/** Longer than the ttl of any entry. */
const generation_ms = 2 * 86_400_000;

const everything = 'all';
const entryKey = (key: string) => `e:${key}`;
const leaseKey = (key: string) => `l:${key}`;
const tagKey = (tag: string) => `t:${tag}`;

/** Stored before the text of an entry: the generations under which it was written. */
interface Header {
  all: string;
  tags: Record<string, string>;
}

/**
 * The cache that several processes share. Entries that were invalidated while Redis was away, or that an older snapshot
 * of Redis brought back, are never read: each process drops all entries on each new connection, before it reads from
 * it. While a process is cut off, its invalidations do not reach the others, so an entry may be outdated for up to its
 * ttl.
 */
export function createRedisStore(options: Omit<RedisLinkOptions, 'resync'>): CacheStore {
  const link = connectRedis({ ...options, resync: (redis) => redis.del(everything) });
  const countLocally = createLocalCounters();

  return {
    read: (key) =>
      link.run(
        async (redis) => {
          const [entry, all] = await redis.mget(entryKey(key), everything);
          if (!entry) return undefined;
          const end = entry.indexOf('\n');
          const header = JSON.parse(entry.slice(0, end)) as Header;
          if (header.all !== all) return undefined;
          const tags = Object.keys(header.tags);
          const generations = tags.length > 0 ? await redis.mget(tags.map(tagKey)) : [];
          return tags.every((tag, i) => header.tags[tag] === generations[i]) ? entry.slice(end + 1) : undefined;
        },
        () => undefined,
      ),
    lease: (key, tags, exclusive) =>
      link.run(
        (redis) => {
          const keys = [leaseKey(key), everything, ...tags.map(tagKey)];
          const fresh = randomBytes(12).toString('base64url');
          return redis.holdfastLease(keys.length, ...keys, fresh, lease_ms, generation_ms, exclusive ? 1 : 0);
        },
        () => undefined,
      ),
    write: (key, text, { ttlSeconds, tags = [] }, lease) =>
      link.run(
        async (redis) => {
          const header: Header = {
            all: lease[1]!,
            tags: Object.fromEntries(tags.map((tag, i) => [tag, lease[i + 2]!])),
          };
          const keys = [leaseKey(key), everything, ...tags.map(tagKey), entryKey(key)];
          await redis.holdfastWrite(keys.length, ...keys, ...lease, `${JSON.stringify(header)}\n${text}`, ttlSeconds);
        },
        () => undefined,
      ),
    delete: (keys) => forget(keys.flatMap((key) => [entryKey(key), leaseKey(key)])),
    invalidateTags: (tags) => forget(tags.map(tagKey)),
    count: (key, windowSeconds, limit) =>
      link.run(
        async (redis) => {
          const windowMs = windowSeconds * 1000;
          const [allowed, current, previous, elapsedMs] = await redis.holdfastCount(
            `c:${windowSeconds}:${key}`,
            windowMs,
            limit,
          );
          return resultOf(allowed === 1, { current, previous }, elapsedMs, windowMs, limit);
        },
        () => countLocally(key, windowSeconds, limit),
      ),
    errors: link.errors,
    close: async () => link.close(),
  };

  async function forget(keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    await link.run(
      async (redis) => void (await redis.del(keys)),
      () => undefined,
      'mustArrive',
    );
  }
}
