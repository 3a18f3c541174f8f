import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Row } from './column.ts';
import type { CellPosition } from './range.ts';
import type { Rows } from './rows.ts';

interface Options<T extends Row> {
  grid: RefObject<HTMLElement | null>;
  rows: Rows<T>;
  active: CellPosition;
  focus: (position: CellPosition) => void;
}

/** What is done with selected rows takes away the bar that had the focus. It goes to one of them, and with that one when the list is read again. */
export function useFocusAfterSelection<T extends Row>({ grid, rows, active, focus }: Options<T>) {
  const wanted = useRef<string | undefined>(undefined);
  const followed = useRef<{ id: string; place: number } | null>(null);
  useLayoutEffect(() => {
    const { id, place } = followed.current ?? {};
    if (id === undefined || rows.at(place!)?.id === id) return;
    followed.current = null;
    const now = rows.placeOf(id);
    const { activeElement, body } = document;
    const stayed = active.row === now && (activeElement === body || grid.current?.contains(activeElement));
    if (now !== undefined && stayed) focus({ row: now, column: active.column });
  });
  return {
    /** Of what was selected, this row is to have the focus. */
    want: (id: string | undefined) => {
      wanted.current = id;
    },
    take: () => {
      const id = wanted.current ?? '';
      const place = rows.placeOf(id);
      followed.current = place === undefined ? null : { id, place };
      focus({ row: place ?? active.row, column: active.column });
    },
  };
}
