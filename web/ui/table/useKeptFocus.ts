import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { Row } from './column.ts';
import type { CellPosition } from './range.ts';
import type { Rows } from './rows.ts';

/**
 * The row of the active cell stays, and the focus with it, also when one has scrolled so far that its part of the list
 * is no longer at hand. A cell that is yet to be read gets the focus when it comes; until then the grid has it.
 */
export function useKeptFocus<T extends Row>(grid: RefObject<HTMLElement | null>, rows: Rows<T>, active: CellPosition) {
  const kept = useRef<{ at: number; row: T } | null>(null);
  const inside = useRef(false);
  const rowAt = (index: number) => rows.at(index) ?? (kept.current?.at === index ? kept.current.row : undefined);
  const row = rowAt(active.row);
  kept.current = row ? { at: active.row, row } : null;

  useLayoutEffect(() => {
    const { activeElement, body } = document;
    if (!inside.current || (activeElement !== body && activeElement !== grid.current)) return;
    const cell = grid.current?.querySelector<HTMLElement>(`[data-cell="${active.row}:${active.column}"]`);
    (cell ?? grid.current)?.focus({ preventScroll: true });
  });

  return {
    rowAt,
    // What is taken out of the page takes the focus along without a word.
    onFocus: () => {
      inside.current = true;
    },
    onBlur: () => {
      inside.current = false;
    },
  };
}
