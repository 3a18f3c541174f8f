import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFormat } from '../../../ui/format.ts';
import type { FieldDef } from '../field.ts';
import { changedText } from './changedText.ts';

const field = (kind: FieldDef['kind']): FieldDef => ({ key: 'external_id', label: 'External ID', kind });

test('what looks like a date is said as one where it is one, and else as it stands', () => {
  setFormat({ locale: 'en', time_zone: 'UTC' });
  for (const no_date of ['2024-31-12', '2024-02-31', '2024-13-01T08:00:00Z', '2024-12-31 or later']) {
    assert.equal(changedText(no_date, field('text'), null), no_date);
    assert.equal(changedText(no_date, undefined, null), no_date);
  }
  assert.equal(changedText('2024-12-31', field('text'), null), '2024-12-31');
  assert.equal(changedText('2024-12-31', field('date'), null), 'Dec 31, 2024');
  assert.equal(changedText('2024-12-31T08:00:00.000Z', field('time'), null), 'Dec 31, 2024');
  assert.equal(changedText('2024-12-31T08:00:00.000Z', undefined, null), 'Dec 31, 2024', 'a field that is retired');
});
