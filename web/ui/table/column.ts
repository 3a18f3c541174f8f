import type { ReactNode } from 'react';

export interface Row {
  id: string;
}

/** Where an edit that ends goes: to a neighbour, nowhere, or where one has clicked. */
export type EditEnd = 'stay' | 'down' | 'up' | 'right' | 'left' | 'away';

export interface EditOptions {
  /** Gives the focus back to the grid. */
  done: (end?: EditEnd) => void;
  /** A character began it and is about to replace what stands there. */
  typed: boolean;
  /** What was refused and is to be put right. */
  draft?: unknown;
}

export interface Column<T extends Row> {
  id: string;
  header: string;
  width: number;
  align?: 'end';
  cell: (row: T) => ReactNode;
  /** The field the server sorts by; absent when it cannot. */
  sortKey?: string;
  hidden?: boolean;
  /** Draws the editor in place of the cell. */
  edit?: (row: T, options: EditOptions) => ReactNode;
  /** The value, and as one would type it: with both, cells can be copied and filled. */
  value?: (row: T) => unknown;
  text?: (row: T) => string;
  /** The text of an amount with its currency, where that stands in another column. */
  textWithCurrency?: (row: T) => string;
}

export interface Sort {
  key: string;
  descending: boolean;
}

/**
 * What a cell is to hold: a value, as the row `like` has it where it was filled from one, or a text yet to be
 * understood.
 */
export interface CellWrite<T extends Row> {
  row: T;
  column: string;
  from: { value: unknown; like?: T } | { text: string };
}

/** What was given to a cell and is not saved: on its way, or refused for a reason. */
export interface CellNote {
  text: string;
  reason: string | null;
  /** As an editor takes it; undefined when none does. */
  draft: unknown;
  /** It is taken as it is, and somebody should look. */
  mild?: boolean;
}

export type RowNotes = Readonly<Record<string, CellNote>>;

/** Takes what is written into cells. */
export interface Sheet<T extends Row> {
  write: (cells: CellWrite<T>[]) => void;
  notes: ReadonlyMap<string, RowNotes>;
  forget: (row: T, column: string) => void;
}
