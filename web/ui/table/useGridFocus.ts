import { type KeyboardEvent, type RefObject, useRef, useState } from 'react';

export interface CellPosition {
  row: number;
  column: number;
}

interface GridFocusOptions {
  grid: RefObject<HTMLElement | null>;
  rowCount: number;
  columnCount: number;
  scrollTo: (row: number) => void;
  onOpen: (row: number) => void;
  onToggle: (row: number, range: boolean) => void;
  onEdit: (position: CellPosition) => void;
}

const page_rows = 15;

/** One cell of the grid is in the tab order; arrows, j and k move it, Enter opens, x selects, e edits. */
export function useGridFocus(options: GridFocusOptions) {
  const [active, setActive] = useState<CellPosition>({ row: 0, column: 0 });
  const latest = useRef(options);
  latest.current = options;

  function focus(position: CellPosition) {
    const { rowCount, columnCount, scrollTo, grid } = latest.current;
    const row = clamp(position.row, rowCount);
    const column = clamp(position.column, columnCount);
    setActive({ row, column });
    scrollTo(row);
    // The row may only now be drawn.
    requestAnimationFrame(() => {
      const selector = `[data-cell="${row}:${column}"]`;
      grid.current?.querySelector<HTMLElement>(selector)?.focus({ preventScroll: false });
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (!target.dataset.cell) return;
    const step = steps[event.key];
    if (step) focus({ row: active.row + step[0], column: active.column + step[1] });
    else if (event.key === 'Enter' || event.key === 'o') latest.current.onOpen(active.row);
    else if (event.key.toLowerCase() === 'x' || event.key === ' ') latest.current.onToggle(active.row, event.shiftKey);
    else if (event.key === 'e' || event.key === 'F2') latest.current.onEdit(active);
    else return;
    event.preventDefault();
  }

  return { active, setActive, focus, onKeyDown };
}

const clamp = (value: number, count: number) => Math.max(0, Math.min(value, count - 1));

type Step = [rows: number, columns: number];

const steps: Record<string, Step> = {
  ArrowDown: [1, 0],
  j: [1, 0],
  ArrowUp: [-1, 0],
  k: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  PageDown: [page_rows, 0],
  PageUp: [-page_rows, 0],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};
