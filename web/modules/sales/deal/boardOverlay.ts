import { withWaiting } from '../../../platform/offline/overlay.ts';
import type { PendingMutation } from '../../../platform/offline/waiting.ts';
import type { Money } from '../../../platform/record/money.ts';
import type { BoardCard, BoardColumnData } from './board.ts';

/**
 * The columns with what waits to be sent: each card with its changes, and in the column and at the place where it will
 * be.
 */
export function boardWithWaiting(columns: BoardColumnData[], entries: readonly PendingMutation[]): BoardColumnData[] {
  const own = entries.filter(({ resource, state }) => resource === 'deal' && state !== 'conflict');
  if (own.length === 0) return columns;
  const gone = new Set(own.filter(({ kind }) => kind === 'delete').map(({ record_id }) => record_id));
  const shown = columns.map((column) =>
    column.cards.reduce((changed, card) => {
      if (gone.has(card.id))
        return { ...counted(changed, card, -1), cards: changed.cards.filter((one) => one !== card) };
      const now = withWaiting(card, own);
      if (now === card) return changed;
      const cards = changed.cards.map((one) => (one === card ? now : one));
      return { ...counted(counted(changed, card, -1), now, 1), cards };
    }, column),
  );
  return own.filter(({ body }) => body?.stage_id !== undefined).reduce(moved, shown);
}

/** What has arrived stands in the columns as it waited, but does not wait any more. */
export const boardWithArrived = (columns: BoardColumnData[], entry: PendingMutation): BoardColumnData[] =>
  boardWithWaiting(columns, [entry]).map((column) => ({
    ...column,
    cards: column.cards.map((card) => (card.id === entry.record_id ? { ...card, waiting_fields: undefined } : card)),
  }));

function moved(columns: BoardColumnData[], { record_id, body, place }: PendingMutation): BoardColumnData[] {
  const from = columns.find(({ cards }) => cards.some(({ id }) => id === record_id));
  const card = from?.cards.find(({ id }) => id === record_id);
  if (!from || !card || (from.stage.id === body?.stage_id && !place)) return columns;
  return withCardAt(columns, card, String(body?.stage_id), (rest) => placeIn(rest, place));
}

function placeIn(cards: readonly BoardCard[], place: PendingMutation['place']): number {
  if (!place) return cards.length;
  return 'after_id' in place ? cards.findIndex(({ id }) => id === place.after_id) + 1 : 0;
}

/** The columns with a card in one of them, at its place among the others there. */
export function withCardAt(
  columns: BoardColumnData[],
  card: BoardCard,
  stageId: string,
  at: (others: readonly BoardCard[]) => number,
): BoardColumnData[] {
  return columns.map((column) => {
    const was = column.cards.some(({ id }) => id === card.id);
    const goes = column.stage.id === stageId;
    const rest = column.cards.filter(({ id }) => id !== card.id);
    if (goes && was) return { ...column, cards: rest.toSpliced(at(rest), 0, card) };
    if (was) return { ...counted(column, card, -1), cards: rest };
    if (!goes) return column;
    // It has only just come there.
    const fresh = { ...card, rotting: false };
    return { ...counted(column, fresh, 1), cards: rest.toSpliced(at(rest), 0, fresh) };
  });
}

/** The head of a column with a card more or less. */
function counted(column: BoardColumnData, { amount, currency, rotting }: BoardCard, by: 1 | -1): BoardColumnData {
  const heads = {
    ...column,
    count: column.count + by,
    rotting_count: column.rotting_count + (rotting ? by : 0),
  };
  if (amount === null) return heads;
  const { total } = column;
  return {
    ...heads,
    amounts: added(column.amounts, { amount, currency }, by),
    // At which rate another currency counts, only the server knows.
    total: total?.currency === currency ? { ...total, amount: sum(total.amount, amount, by) } : undefined,
  };
}

function added(amounts: readonly Money[], { amount, currency }: Money, by: 1 | -1): Money[] {
  const before = amounts.find((one) => one.currency === currency)?.amount ?? '0';
  const rest = amounts.filter((one) => one.currency !== currency);
  return [...rest, { currency, amount: sum(before, amount, by) }].filter((one) => /[1-9]/.test(one.amount));
}

/** Of amounts as they are written, however large: no float keeps them to the cent. */
function sum(amount: string, other: string, by: 1 | -1): string {
  const digits = Math.max(...[amount, other].map((text) => text.split('.')[1]?.length ?? 0));
  const scaled = (text: string) => {
    const [whole = '', fraction = ''] = text.split('.');
    return BigInt(whole + fraction.padEnd(digits, '0'));
  };
  const result = scaled(amount) + BigInt(by) * scaled(other);
  const text = String(result < 0n ? -result : result).padStart(digits + 1, '0');
  const point = text.length - digits;
  return `${result < 0n ? '-' : ''}${text.slice(0, point)}${digits > 0 ? `.${text.slice(point)}` : ''}`;
}
