import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

export interface TableLayout {
  columnOrder: string[];
  columnSizing: Record<string, number>;
  columnVisibility: Record<string, boolean>;
  /** Beside the first column these stay in sight at the left. */
  pinned: string[];
}

/**
 * How a person arranged a table, kept in this browser; without a key only while it is open. Columns may come later than
 * the table.
 */
export function useTableLayout(key: string | null, initial: TableLayout) {
  const [kept, setKept] = useState(() => (key === null ? null : readLayout(key)));
  const layout = useMemo(() => layoutOver(initial, kept), [initial, kept]);
  const start = useRef(initial);
  start.current = initial;
  const setLayout = useCallback(
    (change: (layout: TableLayout) => TableLayout) => setKept((kept) => change(layoutOver(start.current, kept))),
    [],
  );
  const reset = useCallback(() => setKept(null), []);
  useEffect(() => {
    if (key !== null) window.localStorage.setItem(storageKey(key), JSON.stringify(layout));
  }, [key, layout]);
  return [layout, setLayout, reset] as const;
}

/** What somebody arranged, and for columns that nobody has arranged yet how they start. */
export function layoutOver(initial: TableLayout, arranged: TableLayout | null): TableLayout {
  if (!arranged) return initial;
  const columnVisibility = { ...initial.columnVisibility, ...arranged.columnVisibility };
  return { ...arranged, columnOrder: orderWith(arranged.columnOrder, initial.columnOrder), columnVisibility };
}

/** Columns that are not there keep their place: fields of the workspace's own are read after the table is drawn. */
const orderWith = (order: readonly string[], ids: readonly string[]): string[] => [
  ...order,
  ...ids.filter((id) => !order.includes(id)),
];

interface LaidColumn {
  id: string;
  hidden?: boolean | undefined;
}

/** How a table stands before anybody arranges it. `layout`: how a view has it. */
export function startLayout(columns: readonly LaidColumn[], layout?: TableLayout): TableLayout {
  const hidden = columns.filter((column) => column.hidden).map(({ id }) => [id, false]);
  const columnOrder = columns.map(({ id }) => id);
  const plain = { columnOrder, columnSizing: {}, pinned: [], columnVisibility: Object.fromEntries(hidden) };
  return layoutOver(plain, layout ?? null);
}

/** The columns that a table shows under this key, in their order. `layout`: how its view has it. */
export function shownColumns(key: string, columns: readonly LaidColumn[], layout?: TableLayout): string[] {
  const { columnOrder, columnVisibility, pinned } = layoutOver(startLayout(columns, layout), readLayout(key));
  const isThere = new Set(columns.map(({ id }) => id));
  return pinnedFirst(
    columnOrder.filter((id) => isThere.has(id) && columnVisibility[id] !== false),
    pinned,
    (id) => id,
  );
}

/** The first column, those that are pinned, and the others, each in the order of the columns. */
export function pinnedFirst<C>(columns: readonly C[], pinned: readonly string[], idOf: (column: C) => string): C[] {
  const [first, ...rest] = columns;
  const isPinned = (column: C) => pinned.includes(idOf(column));
  return first === undefined ? [] : [first, ...rest.filter(isPinned), ...rest.filter((column) => !isPinned(column))];
}

const storageKey = (key: string) => `holdfast.table.${key}`;

/** What was kept under this key; null for nothing, or nothing that can be read. */
export function readLayout(key: string): TableLayout | null {
  try {
    const kept = JSON.parse(window.localStorage.getItem(storageKey(key)) ?? 'null') as Partial<TableLayout> | null;
    return kept && { columnOrder: [], columnSizing: {}, columnVisibility: {}, pinned: [], ...kept };
  } catch {
    return null;
  }
}
