import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTouched, moved } from './favouriteList.ts';

test('favourites are read again when one of them changes, or one that is hidden may be back', () => {
  const favourites = { data: [{ resource: 'contact', id: 'a', name: 'Ann' }], hidden: ['h'] };
  const touched = (resource: string, id: string | null, of = favourites) => isTouched(of, [{ resource, id }]);
  assert.equal(touched('contact', 'a'), true);
  assert.equal(touched('contact', 'b'), false);
  assert.equal(touched('company', 'h'), true);
  const shown = { ...favourites, hidden: [] };
  assert.equal(touched('contact', null, shown), true, 'so many at once that none is named');
  assert.equal(touched('company', null, shown), false);
  assert.equal(touched('company', null), true, 'nobody knows of what type a hidden one is');
});

test('a favourite goes to another place, and no further than the ends', () => {
  const rows = ['a', 'b', 'c'].map((id) => ({ id }));
  const order = (id: string, index: number) => moved(rows, id, index).map((row) => row.id).join(''); // biome-ignore format: one line
  assert.deepEqual(
    [order('a', 1), order('c', 0), order('b', -1), order('b', 9), order('x', 0)],
    ['bac', 'cab', 'bac', 'acb', 'abc'],
  );
});
