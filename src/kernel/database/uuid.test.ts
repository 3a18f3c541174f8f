import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidV7 } from './uuid.ts';

test('ids rise, also within a millisecond, and tell when they were made', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 });
  const ids = Array.from({ length: 10_000 }, () => uuidV7());
  t.mock.timers.setTime(1_799_999_999_000);
  ids.push(uuidV7());
  t.mock.timers.setTime(1_800_000_001_000);
  ids.push(uuidV7());
  assert.deepEqual(ids, ids.toSorted());
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const msOf = (id: string) => Number.parseInt(id.replace('-', '').slice(0, 12), 16);
  assert.deepEqual([msOf(ids[0]!), msOf(ids.at(-1)!)], [1_800_000_000_000, 1_800_000_001_000]);
});
