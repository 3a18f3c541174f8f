import { useTable } from '@tanstack/react-table';
import { useCallback, useMemo } from 'react';
import { direction } from '../../text/locale.ts';
import type { Row } from './column.ts';
import type { DataTableProps } from './DataTableProps.ts';
import { column_px_min, features } from './features.ts';
import { pinnedFirst, startLayout, useTableLayout } from './useTableLayout.ts';

/**
 * Of the table library only the columns are used; rows are drawn by the grid, and the library would make objects of
 * each.
 */
const no_rows: readonly never[] = [];

/**
 * The columns of a table as somebody arranged them: their order and widths, which are visible, and how many are pinned
 * at the start.
 */
export function useColumns<T extends Row>(props: Pick<DataTableProps<T>, 'columns' | 'layout' | 'layoutKey'>) {
  const { columns } = props;
  const initial = useMemo(() => startLayout(columns, props.layout), [columns, props.layout]);
  const [layout, setLayout, reset] = useTableLayout(props.layoutKey, initial);
  const definitions = useMemo(
    () => columns.map(({ id, width, header }) => ({ id, size: width, minSize: column_px_min, maxSize: 800, header })),
    [columns],
  );
  const table = useTable({
    features,
    columns: definitions,
    data: no_rows as readonly T[],
    columnResizeMode: 'onChange',
    columnResizeDirection: direction,
    state: layout,
    onColumnOrderChange: (next) => setLayout((kept) => ({ ...kept, columnOrder: apply(next, kept.columnOrder) })),
    onColumnSizingChange: (next) => setLayout((kept) => ({ ...kept, columnSizing: apply(next, kept.columnSizing) })),
    onColumnVisibilityChange: (next) =>
      setLayout((kept) => ({ ...kept, columnVisibility: apply(next, kept.columnVisibility) })),
  });

  const group = table.getHeaderGroups()[0]?.headers;
  const headers = useMemo(
    () => pinnedFirst(group ?? [], layout.pinned, (header) => header.column.id),
    [group, layout.pinned],
  );
  const pinned = headers.filter((header, index) => index === 0 || layout.pinned.includes(header.column.id)).length;
  const byId = useMemo(() => new Map(columns.map((column) => [column.id, column])), [columns]);
  const order = headers.map((header) => header.column.id).join();
  const visible = useMemo(
    () =>
      order
        .split(',')
        .map((id) => byId.get(id)!)
        .filter(Boolean),
    [order, byId],
  );

  const place = useCallback(
    (id: string, targetId: string) =>
      setLayout((kept) => ({ ...kept, columnOrder: moved(kept.columnOrder, id, targetId) })),
    [setLayout],
  );
  const pin = useCallback(
    (id: string, on: boolean) =>
      setLayout((kept) => ({ ...kept, pinned: [...kept.pinned.filter((each) => each !== id), ...(on ? [id] : [])] })),
    [setLayout],
  );
  return { table, layout, headers, visible, pinned, place, pin, reset };
}

/** Dragged to the right a column lands after its target, to the left before it. */
function moved(order: readonly string[], id: string, targetId: string): string[] {
  const from = order.indexOf(id);
  const to = order.indexOf(targetId);
  const rest = order.filter((other) => other !== id);
  rest.splice(rest.indexOf(targetId) + (from < to ? 1 : 0), 0, id);
  return rest;
}

function apply<S>(next: S | ((kept: S) => S), kept: S): S {
  return typeof next === 'function' ? (next as (kept: S) => S)(kept) : next;
}

/**
 * The widths of columns as CSS variables, and where each pinned one starts; `pinnedWidth` is that of all pinned ones
 * together.
 */
export function columnSizes(widths: readonly number[], pinned: number) {
  const sizes: Record<string, string> = {};
  let pinnedWidth = 0;
  for (const [index, width] of widths.entries()) {
    sizes[`--w-${index}`] = `${width}px`;
    if (index >= pinned) continue;
    sizes[`--l-${index}`] = `${pinnedWidth}px`;
    pinnedWidth += width;
  }
  return { sizes, pinnedWidth };
}
