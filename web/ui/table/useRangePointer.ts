import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { type CellPosition, type CellRange, cellAt } from './range.ts';

interface RangePointerOptions {
  range: CellRange;
  focus: (position: CellPosition, how: { stretch: boolean; reveal?: boolean }) => void;
  /** Fills the range on, down to this row. */
  onFill: (range: CellRange, toRow: number) => void;
}

/** A drag over cells stretches the range, a drag of its corner fills it down; a finger scrolls. */
export function useRangePointer(options: RangePointerOptions) {
  const latest = useRef(options);
  latest.current = options;
  const dragging = useRef<'range' | 'fill' | null>(null);
  const over = useRef<CellPosition | null>(null);
  const [fillTo, setFillTo] = useState<number | null>(null);

  function onPointerDown(event: PointerEvent) {
    const at = cellAt(event.target);
    const pressed = event.target as Element;
    if (!at || event.button !== 0) return;
    if (pressed.closest('[data-row-box]')) {
      // With Shift it is rows that are taken, not cells.
      latest.current.focus(at, { stretch: false, reveal: false });
      return;
    }
    if (pressed.closest('input, textarea, button, label')) return;
    if (pressed.closest('[data-fill]')) {
      event.preventDefault();
      dragging.current = 'fill';
      return;
    }
    latest.current.focus(at, { stretch: event.shiftKey, reveal: false });
    if (event.pointerType === 'mouse') dragging.current = 'range';
    over.current = at;
  }

  function onPointerMove(event: PointerEvent) {
    const at = dragging.current && cellAt(event.target);
    if (!at || (at.row === over.current?.row && at.column === over.current.column)) return;
    over.current = at;
    if (dragging.current === 'range') latest.current.focus(at, { stretch: true });
    else setFillTo(at.row > latest.current.range.bottom ? at.row : null);
  }

  useEffect(() => {
    const end = () => {
      dragging.current = null;
      setFillTo((row) => {
        // After this render, not in it.
        if (row !== null) queueMicrotask(() => latest.current.onFill(latest.current.range, row));
        return null;
      });
    };
    window.addEventListener('pointerup', end);
    window.addEventListener('pointercancel', end);
    return () => {
      window.removeEventListener('pointerup', end);
      window.removeEventListener('pointercancel', end);
    };
  }, []);

  return { fillTo, onPointerDown, onPointerMove };
}
