import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonsOf } from './skips.ts';

const skip = (names: readonly string[], others: number) => ({
  resource: 'company',
  id: crypto.randomUUID(),
  name: 'Mill',
  fields: null,
  code: 'in_use' as const,
  reason: 'Other records still refer to it.',
  referenced_by: { records: names.map((name) => ({ resource: 'activity', id: `id of ${name}`, name })), others },
});
const changed = {
  ...skip([], 0),
  code: 'changed_since' as const,
  reason: 'It was changed since.',
  referenced_by: undefined,
};

test('what refers to a record is named, and the rest counted', () => {
  const said = (names: readonly string[], others: number) => reasonsOf([skip(names, others)]);
  assert.deepEqual(said(['Ada'], 0), ['Other records still refer to it: Ada (activity).']);
  assert.deepEqual(said(['A', 'B', 'C', 'D'], 3), [
    'Other records still refer to it: A (activity), B (activity), C (activity), and 4 other records.',
  ]);
  assert.deepEqual(said([], 1), ['Other records still refer to it: 1 record.']);
});

test('of several records, each reason and each name is said once', () => {
  assert.deepEqual(reasonsOf([changed, changed, skip(['Ada'], 0), skip(['Ada'], 2)]), [
    'It was changed since.',
    'Other records still refer to it: Ada (activity) and others.',
  ]);
});
