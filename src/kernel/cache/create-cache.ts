import { type Cache, cacheOver } from './cache.ts';
import { createMemoryStore } from './memory-store.ts';
import type { RedisLinkOptions } from './redis-link.ts';
import { createRedisStore } from './redis-store.ts';

export interface CacheOptions extends Omit<RedisLinkOptions, 'url' | 'resync'> {
  /** Without it, the cache is in the memory of this process. */
  redisUrl?: string | undefined;
  /** The limit of the cache in memory; 0: nothing is cached. */
  bytesMax?: number | undefined;
}

export function createCache({ redisUrl, bytesMax, ...options }: CacheOptions): Cache {
  return cacheOver(redisUrl ? createRedisStore({ url: redisUrl, ...options }) : createMemoryStore({ bytesMax }));
}
