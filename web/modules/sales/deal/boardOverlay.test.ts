import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PendingMutation } from '../../../platform/offline/waiting.ts';
import type { BoardCard, BoardColumnData } from './board.ts';
import { boardWithArrived, boardWithWaiting } from './boardOverlay.ts';

const card = (id: string, amount: string | null, more: Partial<BoardCard> = {}): BoardCard =>
  ({ id, name: id, amount, currency: 'EUR', rotting: false, version: 1, ...more }) as BoardCard;

function column(id: string, cards: BoardCard[], amounts: Record<string, string>, total: string): BoardColumnData {
  return {
    stage: { id } as BoardColumnData['stage'],
    count: cards.length,
    rotting_count: cards.filter(({ rotting }) => rotting).length,
    amounts: Object.entries(amounts).map(([currency, amount]) => ({ currency, amount })),
    total: { amount: total, currency: 'EUR', without_rate: [] },
    cards,
    next: null,
  };
}

const columns = () => [
  column(
    'first',
    [card('a', '0.10', { rotting: true }), card('b', '999999999999999.90'), card('c', '20.00', { currency: 'USD' })],
    { EUR: '1000000000000000.00', USD: '20.00' },
    '1000000000000018.00',
  ),
  column('second', [card('d', '0.20')], { EUR: '0.20' }, '0.20'),
];

const waits = (record_id: string, more: Partial<PendingMutation>) =>
  ({
    id: `${record_id}-waits`,
    kind: 'update',
    resource: 'deal',
    record_id,
    record: {},
    body: null,
    look: {},
    state: 'waiting',
    ...more,
  }) as PendingMutation;

const heads = (shown: BoardColumnData[]) =>
  shown.map(({ cards, count, rotting_count, amounts, total }) => [
    cards.map(({ id }) => id).join(''),
    count,
    rotting_count,
    Object.fromEntries(amounts.map(({ currency, amount }) => [currency, amount])),
    total?.amount,
  ]);

test('a card that waits counts and adds up where it will be, to the cent', () => {
  const moved = waits('a', { body: { stage_id: 'second' }, place: { after_id: 'd' } });
  assert.deepEqual(heads(boardWithWaiting(columns(), [moved])), [
    ['bc', 2, 0, { EUR: '999999999999999.90', USD: '20.00' }, '1000000000000017.90'],
    ['da', 2, 0, { EUR: '0.30' }, '0.30'],
  ]);
});

test('what an amount becomes and what is deleted is in the sums', () => {
  const entries = [waits('d', { body: { amount: '5' } }), waits('b', { kind: 'delete' })];
  assert.deepEqual(heads(boardWithWaiting(columns(), entries)), [
    ['ac', 2, 1, { EUR: '0.10', USD: '20.00' }, '18.10'],
    ['d', 1, 0, { EUR: '5' }, '5.00'],
  ]);
});

test('an amount of another currency stands beside the own one; what both come to, the server says later', () => {
  const moved = waits('c', { body: { stage_id: 'second' }, place: { position: 'first' } });
  assert.deepEqual(heads(boardWithWaiting(columns(), [moved])), [
    ['ab', 2, 1, { EUR: '1000000000000000.00' }, undefined],
    ['cd', 2, 0, { EUR: '0.20', USD: '20.00' }, undefined],
  ]);
});

test('once it has arrived it stays there, waits no more, and is not counted twice', () => {
  const moved = waits('a', { body: { stage_id: 'second' }, place: { after_id: 'd' } });
  const before = boardWithWaiting(columns(), [moved]);
  const after = boardWithArrived(columns(), moved);
  assert.deepEqual(heads(after), heads(before));
  assert.deepEqual(heads(boardWithWaiting(after, [moved])), heads(before));
  assert.deepEqual(before[1]!.cards[1]!.waiting_fields, ['stage_id']);
  assert.equal(after[1]!.cards[1]!.waiting_fields, undefined);
});
