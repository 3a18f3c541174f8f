import { withWaiting } from '../../../offline/overlay.ts';
import type { Waiting } from '../../../offline/waiting.ts';
import type { BoardCard, BoardColumnData } from './useBoard.ts';

/** The columns with what waits to be sent: each card with its changes, and in the column and at the place where it will be. */
export function boardWithWaiting(columns: BoardColumnData[], entries: readonly Waiting[]): BoardColumnData[] {
  const own = entries.filter(({ resource, state }) => resource === 'deal' && state !== 'conflict');
  if (own.length === 0) return columns;
  const gone = new Set(own.filter(({ kind }) => kind === 'delete').map(({ record_id }) => record_id));
  const shown = columns.map((column) => {
    const cards = column.cards.filter(({ id }) => !gone.has(id)).map((card) => withWaiting(card, own));
    return { ...column, cards, count: column.count - (column.cards.length - cards.length) };
  });
  return own.filter(({ body }) => body?.stage_id !== undefined).reduce(moved, shown);
}

function moved(columns: BoardColumnData[], { record_id, body, place }: Waiting): BoardColumnData[] {
  const from = columns.find(({ cards }) => cards.some(({ id }) => id === record_id));
  const card = from?.cards.find(({ id }) => id === record_id);
  if (!from || !card || (from.stage.id === body?.stage_id && !place)) return columns;
  return columns.map((column) => {
    const rest = column.cards.filter(({ id }) => id !== record_id);
    const goes = column.stage.id === body?.stage_id;
    const count = column.count + Number(goes) - Number(column === from);
    return { ...column, count, cards: goes ? rest.toSpliced(placeIn(rest, place), 0, card) : rest };
  });
}

function placeIn(cards: readonly BoardCard[], place: Waiting['place']): number {
  if (!place) return cards.length;
  return 'after_id' in place ? cards.findIndex(({ id }) => id === place.after_id) + 1 : 0;
}
