import type { ReactNode } from 'react';

export interface Card {
  id: string;
}

export interface BoardColumn<T extends Card> {
  id: string;
  title: string;
  /** Count and sum, beside the title. */
  summary: ReactNode;
  cards: readonly T[];
  loading: boolean;
  hasMore: boolean;
  /** Stands at the end of the column once there is nothing more to read. */
  note?: ReactNode;
  onMore: () => void;
  /** Makes a card in this column. */
  onAdd?: (() => void) | undefined;
}

/** Where a card was put: in which column, between which cards. */
export interface Move<T extends Card> {
  card: T;
  columnId: string;
  after: T | null;
  before: T | null;
}

/** The cards that the place `index` lies between, once the card itself is out of the way. */
export function moveTo<T extends Card>(card: T, column: BoardColumn<T>, index: number): Move<T> {
  const others = column.cards.filter(({ id }) => id !== card.id);
  const at = Math.max(0, Math.min(index, others.length));
  return { card, columnId: column.id, after: others[at - 1] ?? null, before: others[at] ?? null };
}
