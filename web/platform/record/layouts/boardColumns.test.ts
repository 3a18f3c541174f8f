import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldDef } from '../field.ts';
import { columnIdOf, columnsOf, placeCards } from './boardColumns.ts';
import type { Group } from './groups.ts';

const tier: FieldDef = {
  key: 'custom.tier',
  label: 'Tier',
  kind: 'select',
  options: [
    { value: 'Gold', label: 'Gold' },
    { value: 'Silver', label: 'Silver' },
  ],
};
const group = (value: string | null): Group => ({
  value,
  name: null,
  count: 1,
  filter: { field: tier.key, op: value === null ? 'is_empty' : 'eq', value },
});
const valuesOf = (field: FieldDef, groups: Group[]) => columnsOf(field, groups).map(({ value }) => value);

test('every group that there is has a column, of a required field too', () => {
  assert.deepEqual(valuesOf(tier, [group('Silver')]), ['Gold', 'Silver', null]);
  const required = { ...tier, required: true };
  assert.deepEqual(valuesOf(required, []), ['Gold', 'Silver']);
  assert.deepEqual(valuesOf(required, [group('Gold'), group('Bronze'), group(null)]), [
    'Gold',
    'Silver',
    'Bronze',
    null,
  ]);
  assert.deepEqual(valuesOf({ ...tier, kind: 'boolean' }, [group('false')]), ['true', 'false']);
});

test('a record belongs to the column of its value', () => {
  const record = { id: '1', version: 1, custom: { tier: 'Gold' }, owner_id: 'u', owner: { id: 'u', name: 'Una' } };
  const owner: FieldDef = { key: 'owner_id', label: 'Owner', kind: 'reference', expand: 'owner' };
  assert.equal(columnIdOf(tier, record), 'Gold');
  assert.equal(columnIdOf(tier, { id: '2', version: 1 }), '');
  assert.equal(columnIdOf({ ...tier, kind: 'boolean' }, { id: '2', version: 1 }), 'false');
  assert.equal(columnIdOf(owner, record), 'u');
  assert.equal(columnIdOf(owner, { ...record, owner_id: null, owner: null }), '');
});

test('a card stands once, in the column where it was put or belongs, also while only one of the two was read again', () => {
  const card = (id: string, version: number, to: string) => ({ id, version, to });
  const placed = (a: ReturnType<typeof card>[], b: ReturnType<typeof card>[]) =>
    placeCards(
      [
        { id: 'a', cards: a },
        { id: 'b', cards: b },
      ],
      ({ to }) => to,
    ).map((cards) => cards.map(({ id, version }) => `${id}${version}`).join());
  assert.deepEqual(placed([card('x', 1, 'b'), card('y', 1, 'a')], [card('z', 1, 'b')]), ['y1', 'x1,z1']);
  assert.deepEqual(placed([card('x', 1, 'a')], [card('z', 1, 'b'), card('x', 2, 'b')]), ['', 'z1,x2']);
  assert.deepEqual(placed([card('x', 2, 'a')], [card('x', 1, 'a')]), ['x2', '']);
  assert.deepEqual(placed([card('x', 1, 'gone')], []), ['x1', '']);
});
