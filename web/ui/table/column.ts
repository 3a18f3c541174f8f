import type { ReactNode } from 'react';

export interface Row {
  id: string;
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
  /** Draws the editor in place of the cell; `done` gives the focus back to the grid. */
  edit?: (row: T, done: () => void) => ReactNode;
}

export interface Sort {
  key: string;
  descending: boolean;
}
