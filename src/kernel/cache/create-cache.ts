import { type Cache, cacheOver } from './cache.ts';
import { createMemoryStore } from './memory-store.ts';
import type { RedisLinkOptions } from './redis-link.ts';

export interface CacheOptions extends Omit<RedisLinkOptions, 'url' | 'resync'> {
  /** Without it, the cache is in the memory of this process. */
  redisUrl?: string | undefined;
  /** The limit of the cache in memory; 0: nothing is cached. */
  bytesMax?: number | undefined;
}

export async function createCache({ redisUrl, bytesMax, ...options }: CacheOptions): Promise<Cache> {
  if (!redisUrl) return cacheOver(createMemoryStore({ bytesMax }));
  // Most installations have no Redis, and its client takes time to load.
  const { createRedisStore } = await import('./redis-store.ts');
  return cacheOver(createRedisStore({ url: redisUrl, ...options }));
}
