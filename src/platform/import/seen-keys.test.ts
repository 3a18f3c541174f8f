import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeenKeys } from './seen-keys.ts';

test('each of many keys is known by the row in which it first stood, and no other key is', () => {
  const keys = new SeenKeys();
  const rows = 50_000;
  const wrong: string[] = [];
  for (let row = 1; row <= rows; row++) if (keys.first(`K${row}`, row) !== undefined) wrong.push(`K${row}`);
  for (let row = 1; row <= rows; row++) {
    if (keys.first(`K${row}`, row + rows) !== row || keys.rowOf(`K${row}`) !== row) wrong.push(`K${row}`);
    if (keys.rowOf(`L${row}`) !== undefined) wrong.push(`L${row}`);
  }
  assert.deepEqual(wrong, []);
});
