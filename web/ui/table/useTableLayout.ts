import { useEffect, useState } from 'react';

export interface TableLayout {
  columnOrder: string[];
  columnSizing: Record<string, number>;
  columnVisibility: Record<string, boolean>;
}

/** How a person arranged a table, kept in this browser. */
export function useTableLayout(key: string, initial: TableLayout) {
  const [layout, setLayout] = useState<TableLayout>(() => read(key, initial));
  useEffect(() => {
    window.localStorage.setItem(storageKey(key), JSON.stringify(layout));
  }, [key, layout]);
  return [layout, setLayout] as const;
}

const storageKey = (key: string) => `holdfast.table.${key}`;

function read(key: string, initial: TableLayout): TableLayout {
  try {
    const kept = JSON.parse(window.localStorage.getItem(storageKey(key)) ?? '{}') as Partial<TableLayout>;
    const known = new Set(initial.columnOrder);
    const order = (kept.columnOrder ?? []).filter((id) => known.has(id));
    const added = initial.columnOrder.filter((id) => !order.includes(id));
    return {
      columnOrder: [...order, ...added],
      columnSizing: kept.columnSizing ?? initial.columnSizing,
      columnVisibility: { ...initial.columnVisibility, ...kept.columnVisibility },
    };
  } catch {
    return initial;
  }
}
