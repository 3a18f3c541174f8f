import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestBatcher } from './request-batcher.ts';

test('nobody waits for all that somebody else has sent, and what each has sent keeps its order', async () => {
  const groups: string[][] = [];
  const batcher = new RequestBatcher<string, string>(
    async (items) => {
      groups.push(items);
      return items.map((item) => Promise.resolve(item));
    },
    (item) => item[0],
  );
  const flood = Array.from({ length: 100 }, (_, n) => `a${n}`);
  const sent = [...flood, 'b0', 'b1', 'c0'];
  const answers = await Promise.all(sent.map((item) => batcher.do('kind', item)));
  assert.deepEqual(answers, sent);
  assert.deepEqual(groups[0], ['a0', 'b0', 'c0', 'a1', 'b1', ...flood.slice(2, 13)]);
  assert.deepEqual(
    groups.flat().filter((item) => item.startsWith('a')),
    flood,
  );
});
