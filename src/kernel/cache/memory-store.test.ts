import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { cacheContract } from './cache.conformance.ts';
import { cacheOver } from './cache.ts';
import { createCache } from './create-cache.ts';
import { createMemoryStore } from './memory-store.ts';

const log = pino({ level: 'silent' });

cacheContract('in-process cache', async (t) => {
  const cache = await createCache({ namespace: 'test', log });
  t.after(() => cache.close());
  return cache;
});

test('the in-process cache holds no more entries and bytes than it may, and drops the oldest first', async () => {
  const few = cacheOver(createMemoryStore({ entriesMax: 10 }));
  for (let i = 0; i < 25; i++) await few.set(`k${i}`, i, { ttlSeconds: 60, tags: ['t'] });
  const found = await Promise.all(Array.from({ length: 25 }, (_, i) => few.get(`k${i}`)));
  assert.deepEqual(
    found.filter((value) => value !== undefined),
    [15, 16, 17, 18, 19, 20, 21, 22, 23, 24],
  );

  const small = cacheOver(createMemoryStore({ bytesMax: 10_000 }));
  for (let i = 0; i < 25; i++) await small.set(`k${i}`, 'x'.repeat(1000), { ttlSeconds: 60 });
  const left = await Promise.all(Array.from({ length: 25 }, (_, i) => small.get(`k${i}`)));
  assert.ok(left.filter(Boolean).length <= 10_000 / 1000);
  assert.ok(left[24]);
  await small.set('too large', 'x'.repeat(20_000), { ttlSeconds: 60, tags: ['t'] });
  assert.equal(await small.get('too large'), undefined);
});
