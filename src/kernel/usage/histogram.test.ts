import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addTime, percentile, stepOf } from './histogram.ts';

test('a percentile lies within a quarter of the true one', () => {
  const times = fc.array(fc.double({ min: 0.6, max: 25_000, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.95, 0.99), (all, share) => {
      const counts: number[] = [];
      for (const ms of all) addTime(counts, ms);
      const sorted = [...all].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(share * sorted.length) - 1]!;
      const read = percentile(counts, share);
      assert.ok(read >= exact / 1.26 && read <= exact * 1.26, `${read} for ${exact}`);
    }),
  );
});

test('the longest waits and the shortest ones have a step too', () => {
  assert.deepEqual([stepOf(0), stepOf(0.49), stepOf(0.5), stepOf(1e9)], [0, 0, 1, 49]);
  assert.equal(percentile([], 0.5), 0);
});
