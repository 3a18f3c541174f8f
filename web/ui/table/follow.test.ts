import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellIn, followArea, followEditing } from './follow.ts';

/** Rows by their ids; an empty one is not at hand. */
const listOf = (...ids: string[]) => {
  const rows = ids.map((id) => (id === '' ? undefined : { id }));
  return {
    at: (row: number) => rows[row],
    placeOf: (id: string) => (ids.includes(id) ? ids.indexOf(id) : undefined),
  };
};
const before = listOf('a', 'b', 'c', 'd');
const area = (from: number, to: number) => ({
  anchor: cellIn(before, { row: from, column: 0 }),
  active: cellIn(before, { row: to, column: 2 }),
});
const rowsOf = ({ anchor, active }: ReturnType<typeof area>) => [anchor.row, active.row];

test('cells and ranges go where their records go', () => {
  assert.deepEqual(rowsOf(followArea(listOf('new', 'a', 'b', 'c', 'd'), area(1, 3))), [2, 4]);
  assert.deepEqual(rowsOf(followArea(listOf('b', 'c', 'd'), area(1, 3))), [0, 2]);
  const unmoved = area(1, 3);
  assert.equal(followArea(listOf('a', 'b', 'c', 'd', 'new'), unmoved), unmoved);
});

test('a range never takes in records that were not marked', () => {
  const lists = [
    listOf('a', 'b', 'new', 'c', 'd'),
    listOf('a', 'b', 'd', 'c'),
    listOf('a', 'b', 'd'),
    listOf('a', 'b', 'c', 'new'),
  ];
  for (const [index, after] of lists.entries()) {
    const { anchor, active } = followArea(after, area(1, 3));
    assert.deepEqual(anchor, active, `list ${index}`);
  }
});

test('the next record has the cell of one that left, and what is not at hand keeps its number', () => {
  const { active } = followArea(listOf('a', 'c', 'd'), area(1, 1));
  assert.deepEqual([active.row, active.id, active.column], [1, 'c', 2]);
  const far = followArea(listOf('', '', '', '', 'x'), area(1, 1));
  assert.deepEqual([far.active.row, far.active.id], [1, 'b']);
  assert.equal(followArea(listOf('new', 'a', 'b', 'c', 'd'), far).active.row, 2);
});

test('a cell that nobody has gone to is by its number', () => {
  const origin = { row: 0, column: 0, id: undefined };
  assert.equal(followArea(listOf('new', 'a'), { active: origin, anchor: origin }).active, origin);
});

test('an edit stays with its record, also when that has left the list', () => {
  const editing = { row: 1, column: 2, record: { id: 'b' }, typed: true };
  assert.equal(followEditing(listOf('new', 'a', 'b'), editing).row, 2);
  const left = followEditing(listOf('a', 'c'), editing);
  assert.deepEqual([left.row, left.record.id], [1, 'b']);
});
