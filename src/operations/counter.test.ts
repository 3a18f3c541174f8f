import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter } from './counter.ts';

test('how far it is, is said every ten seconds, and only when more was done', (t) => {
  t.mock.timers.enable({ apis: ['Date'] });
  const said: string[] = [];
  const rows = new Counter(
    (line) => said.push(line),
    (total) => `${total} rows`,
  );
  rows.add(2_000);
  t.mock.timers.tick(10_000);
  rows.add(0);
  assert.deepEqual(said, []);
  rows.add(1);
  rows.add(5);
  assert.deepEqual(said, ['2,001 rows']);
  t.mock.timers.tick(10_000);
  rows.add(1);
  assert.deepEqual(said, ['2,001 rows', '2,007 rows']);
});
