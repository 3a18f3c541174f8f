import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daysOf } from './dashboardSearch.ts';

test('a range starts on the first day it names', () => {
  assert.deepEqual(daysOf('month', '2026-11-20'), { from: '2026-11-01', to: '2026-11-20' });
  assert.deepEqual(daysOf('quarter', '2026-11-20'), { from: '2026-10-01', to: '2026-11-20' });
  assert.deepEqual(daysOf('year', '2026-11-20'), { from: '2026-01-01', to: '2026-11-20' });
  assert.deepEqual(daysOf('all', '2026-11-20'), {});
});

test('twelve months reach into the year before and count this one', () => {
  assert.deepEqual(daysOf('last12', '2026-11-20'), { from: '2025-12-01', to: '2026-11-20' });
  assert.deepEqual(daysOf('last12', '2026-01-31'), { from: '2025-02-01', to: '2026-01-31' });
});
