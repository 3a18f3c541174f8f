import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BoardColumn, moveTo } from './board.ts';

const column = (ids: string[]): BoardColumn<{ id: string }> => ({
  id: 'column',
  title: '',
  summary: null,
  cards: ids.map((id) => ({ id })),
  loading: false,
  hasMore: false,
  onMore: () => {},
});

test('a card lands between the two cards that are next to each other without it', () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(ids, fc.string(), fc.integer({ min: -2, max: 10 }), (cards, id, index) => {
      const { after, before } = moveTo({ id }, column(cards), index);
      const others = cards.filter((other) => other !== id);
      assert.notEqual(after?.id, id);
      assert.notEqual(before?.id, id);
      const at = after ? others.indexOf(after.id) + 1 : 0;
      assert.equal(before?.id, others[at]);
    }),
  );
});

test('dropped on an empty column it has no neighbours', () => {
  assert.deepEqual(moveTo({ id: 'a' }, column([]), 3), {
    card: { id: 'a' },
    columnId: 'column',
    after: null,
    before: null,
  });
});
