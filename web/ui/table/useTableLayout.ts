import { useEffect, useState } from 'react';

export interface TableLayout {
  columnOrder: string[];
  columnSizing: Record<string, number>;
  columnVisibility: Record<string, boolean>;
  /** Beside the first column these stay in sight at the left. */
  pinned: string[];
}

/** How a person arranged a table, kept in this browser; without a key only while it is open. */
export function useTableLayout(key: string | null, initial: TableLayout) {
  const [layout, setLayout] = useState<TableLayout>(() => keptLayout(key, initial));
  useEffect(() => {
    if (key !== null) window.localStorage.setItem(storageKey(key), JSON.stringify(layout));
  }, [key, layout]);
  return [layout, setLayout] as const;
}

function keptLayout(key: string | null, initial: TableLayout): TableLayout {
  const kept = key === null ? null : readLayout(key);
  if (!kept) return initial;
  const visibility = { ...initial.columnVisibility, ...kept.columnVisibility };
  return { ...withColumns(kept, initial.columnOrder), columnVisibility: visibility };
}

/** How a table stands before anybody arranges it. */
export function startLayout(
  columns: readonly { id: string; hidden?: boolean | undefined }[],
  layout?: TableLayout,
): TableLayout {
  const ids = columns.map(({ id }) => id);
  if (layout) return withColumns(layout, ids);
  const hidden = columns.filter((column) => column.hidden).map(({ id }) => [id, false]);
  return { columnOrder: ids, columnSizing: {}, pinned: [], columnVisibility: Object.fromEntries(hidden) };
}

/** The columns that a table shows under this key, in their order. */
export function shownColumns(key: string, initial: TableLayout): string[] {
  const { columnOrder, columnVisibility, pinned } = keptLayout(key, initial);
  return pinnedFirst(
    columnOrder.filter((id) => columnVisibility[id] !== false),
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

/** A layout for columns that may have come and gone since it was made. */
export function withColumns(layout: TableLayout, ids: readonly string[]): TableLayout {
  const order = layout.columnOrder.filter((id) => ids.includes(id));
  return { ...layout, columnOrder: [...order, ...ids.filter((id) => !order.includes(id))] };
}
