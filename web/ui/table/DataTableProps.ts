import type { ReactNode } from 'react';
import type { Column, Row, Sheet, Sort } from './column.ts';
import type { Part } from './rows.ts';
import type { TableLayout } from './useTableLayout.ts';

export interface DataTableProps<T extends Row> {
  label: string;
  /** Names its layout in this browser; null: it is not kept. */
  layoutKey: string | null;
  /** How it stands until a person arranges it; else as the columns say. */
  layout?: TableLayout;
  columns: readonly Column<T>[];
  rows: readonly T[];
  /** Given: the rows are those of a longer list that are at hand. Without it they are all from the first on. */
  part?: Part;
  rowLabel: (row: T) => string;
  loading: boolean;
  hasMore?: boolean;
  onMore?: () => void;
  sort: readonly Sort[];
  onSort: (sort: Sort[]) => void;
  openId: string | null;
  onOpen: (row: T) => void;
  /**
   * Given: rows can be selected, and this is the bar for them; `all` is everything in the list, read or not. `clear`:
   * the focus goes to that row.
   */
  selectionActions?: (selection: { ids: string[]; all: boolean }, clear: (toRow?: string) => void) => ReactNode;
  /** Given: cells can be pasted into, filled and cleared. */
  sheet?: Sheet<T>;
  /** How many the list holds, and what tells it from another: with it all of them can be selected. */
  whole?: { total: number; exact: boolean; key: string };
  footer?: ReactNode;
  empty: ReactNode;
  /** A row on a phone, where columns have no room. */
  renderNarrow: (row: T) => ReactNode;
}
