import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layoutOver, startLayout } from './useTableLayout.ts';

const usual = [{ id: 'name' }, { id: 'email' }, { id: 'city', hidden: true }];
const all = [...usual, { id: 'custom.tier', hidden: true }, { id: 'custom.plan', hidden: true }];
const shown = ({ columnOrder, columnVisibility }: ReturnType<typeof startLayout>) =>
  columnOrder.filter((id) => columnVisibility[id] !== false);

test('columns that are read after the table keep the place that somebody gave them', () => {
  const arranged = {
    columnOrder: ['name', 'custom.tier', 'email', 'city'],
    columnSizing: { 'custom.tier': 90 },
    columnVisibility: { 'custom.tier': true, city: false },
    pinned: ['custom.tier'],
  };
  const before = layoutOver(startLayout(usual), arranged);
  assert.deepEqual(layoutOver(startLayout(all), before), {
    ...arranged,
    columnOrder: ['name', 'custom.tier', 'email', 'city', 'custom.plan'],
    columnVisibility: { 'custom.tier': true, city: false, 'custom.plan': false },
  });
});

test('a column that nobody has arranged yet starts as it says of itself, also in a view', () => {
  assert.deepEqual(shown(layoutOver(startLayout(all), startLayout(usual))), ['name', 'email']);
  const view = {
    columnOrder: ['city', 'name'],
    columnSizing: {},
    columnVisibility: { city: true, name: true },
    pinned: [],
  };
  assert.deepEqual(shown(startLayout(all, view)), ['city', 'name', 'email']);
});
