import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Lanes } from './lanes.ts';

test('so many run at once, the heaviest of those that wait first, and one that fails holds up none', async () => {
  const lanes = new Lanes(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const work = (weight: number) =>
    lanes.run(weight, async () => {
      order.push(weight);
      most = Math.max(most, ++running);
      await turn();
      running--;
      if (weight === 9) throw new Error('Broken');
      return weight;
    });
  const done = await Promise.allSettled([1, 5, 9, 3, 7].map(work));
  assert.deepEqual(order, [9, 7, 5, 3, 1]);
  assert.equal(most, 2);
  assert.deepEqual(
    done.map((one) => (one.status === 'fulfilled' ? one.value : 'failed')),
    [1, 5, 'failed', 3, 7],
  );
});
