import { LRUCache } from 'lru-cache';
import type { CacheStore } from './cache.ts';
import { createLocalCounters } from './sliding-window.ts';

const entries_max = 50_000;
const bytes_max = 64 * 1024 * 1024;
/** The memory of an entry beside its key and text: map slots, list links, the object itself. */
const entry_overhead_bytes = 200;

interface Entry {
  text: string;
  tags: readonly string[];
}

export interface MemoryStoreLimits {
  entriesMax?: number;
  bytesMax?: number | undefined;
}

/** The cache of one process. When it is full, the least recently used entries are evicted. */
export function createMemoryStore({
  entriesMax = entries_max,
  bytesMax = bytes_max,
}: MemoryStoreLimits = {}): CacheStore {
  const keysByTag = new Map<string, Set<string>>();
  const entries = new LRUCache<string, Entry>({
    max: entriesMax,
    // The library takes 0 for "no limit".
    maxSize: Math.max(1, bytesMax),
    sizeCalculation: ({ text }, key) => Buffer.byteLength(text) + key.length + entry_overhead_bytes,
    dispose: ({ tags }, key) => {
      for (const tag of tags) unlink(tag, key);
    },
  });
  const count = createLocalCounters();

  function link(tag: string, key: string): void {
    const keys = keysByTag.get(tag);
    if (keys) keys.add(key);
    else keysByTag.set(tag, new Set([key]));
  }

  function unlink(tag: string, key: string): void {
    const keys = keysByTag.get(tag);
    keys?.delete(key);
    if (keys?.size === 0) keysByTag.delete(tag);
  }

  return {
    read: async (key) => entries.get(key)?.text,
    // There are no concurrent writers and a write is synchronous, so a lease has nothing to prove.
    lease: async () => [],
    async write(key, text, { ttlSeconds, tags = [] }) {
      entries.set(key, { text, tags }, { ttl: ttlSeconds * 1000 });
      if (entries.has(key)) for (const tag of tags) link(tag, key);
    },
    async delete(keys) {
      for (const key of keys) entries.delete(key);
    },
    async invalidateTags(tags) {
      for (const tag of tags) for (const key of [...(keysByTag.get(tag) ?? [])]) entries.delete(key);
    },
    count: async (key, windowSeconds, limit) => count(key, windowSeconds, limit),
    errors: () => 0,
    async close() {
      entries.clear();
    },
  };
}
