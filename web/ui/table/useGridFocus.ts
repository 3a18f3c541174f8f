import { type FocusEvent, type KeyboardEvent, type RefObject, useRef, useState } from 'react';
import { rightward } from '../../text/locale.ts';
import { keyOf } from '../keys.ts';
import type { Row } from './column.ts';
import { cellIn, followArea, type RecordCell } from './follow.ts';
import { type CellPosition, cellAt, rangeOf } from './range.ts';
import type { Rows } from './rows.ts';

interface GridFocusOptions {
  grid: RefObject<HTMLElement | null>;
  rows: Rows<Row>;
  columnCount: number;
  scrollTo: (position: CellPosition) => void;
  isEditable: (column: number) => boolean;
  /** Up from the first row. */
  onHead: (column: number) => void;
  onOpen: (row: number) => void;
  onToggle: (row: number, range: boolean) => void;
  /** `typed`: the key that began it is still to land in the editor. */
  onEdit: (position: CellPosition, typed: boolean) => void;
  onClear: () => void;
  onFillDown: () => void;
}

const page_rows = 15;

/**
 * One cell of the grid is in the tab order. Arrows move it, with Shift they stretch a range; what can be edited is
 * edited by typing, by Enter and by F2. Cells that cannot be edited know j, k, o and x. The active cell and its range
 * stay with their records when rows come and go.
 */
export function useGridFocus(options: GridFocusOptions) {
  const [kept, setArea] = useState(() => ({ active: origin, anchor: origin }));
  const area = followArea(options.rows, kept);
  if (area !== kept) setArea(area);
  const { active, anchor } = area;
  const latest = useRef(options);
  latest.current = options;

  /** Under the pointer nothing may move, or what was pressed is not what is let go: `reveal` is for the keys. */
  function focus(position: CellPosition, { stretch = false, reveal = true } = {}) {
    const { rows, columnCount, scrollTo } = latest.current;
    const next = cellIn(rows, { row: clamp(position.row, rows.length), column: clamp(position.column, columnCount) });
    setArea((kept) => ({ active: next, anchor: stretch ? kept.anchor : next }));
    // At once, so that the next key finds it; one far away is yet to be drawn.
    if (take(next, reveal)) return;
    if (reveal) scrollTo(next);
    requestAnimationFrame(() => take(next, reveal));
  }

  /**
   * No further than it must: to bring it to the middle, as browsers do by themselves, many columns would have to be
   * drawn.
   */
  function take({ row, column }: CellPosition, reveal: boolean): boolean {
    const cell = latest.current.grid.current?.querySelector<HTMLElement>(`[data-cell="${row}:${column}"]`);
    cell?.focus({ preventScroll: true });
    if (reveal) cell?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    return Boolean(cell);
  }

  function selectAll() {
    const { rows, columnCount } = latest.current;
    setArea({ anchor: cellIn(rows, { row: rows.length - 1, column: columnCount - 1 }), active: origin });
    focus(origin, { stretch: true });
  }

  /**
   * What gets the focus by itself, as by Tab or when it is read at last, is from then on the cell of the record that is
   * there.
   */
  function onFocus({ target }: FocusEvent) {
    const at = cellAt(target);
    if (at)
      setArea((kept) => {
        const { active } = kept;
        const isUnclaimed = active.id === undefined && active.row === at.row && active.column === at.column;
        return isUnclaimed ? { ...kept, active: cellIn(latest.current.rows, at) } : kept;
      });
  }

  /** What a key does; false for those that are not the grid's. */
  function run(event: KeyboardEvent): boolean {
    const { isEditable, onHead, onOpen, onToggle, onEdit, onClear, onFillDown } = latest.current;
    const { shiftKey } = event;
    const key = keyOf(event);
    if (event.ctrlKey || event.metaKey) {
      const far = farSteps[key];
      if (far) focus({ row: active.row + far[0], column: active.column + far[1] }, { stretch: shiftKey });
      else if (key === 'a') selectAll();
      else if (key === 'd') onFillDown();
      else return false;
      return true;
    }
    const editable = isEditable(active.column);
    const step = steps[key] ?? (editable ? undefined : letterSteps[key]);
    if (key === 'ArrowUp' && !shiftKey && active.row === 0) onHead(active.column);
    else if (step) focus({ row: active.row + step[0], column: active.column + step[1] }, { stretch: shiftKey });
    else if (key === ' ') onToggle(active.row, shiftKey);
    else if (key === 'F2' || (key === 'Enter' && editable)) onEdit(active, false);
    else if (key === 'Enter' || (key === 'o' && !editable)) onOpen(active.row);
    else if (key.toLowerCase() === 'x' && !editable) onToggle(active.row, shiftKey);
    else if (key === 'Delete' || key === 'Backspace') onClear();
    else {
      if (editable && key.length === 1) onEdit(active, true);
      return false;
    }
    return true;
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.defaultPrevented || event.altKey) return;
    if ((event.target as HTMLElement).dataset.cell && run(event)) event.preventDefault();
  }

  return { active, range: rangeOf(anchor, active), focus, onFocus, onKeyDown };
}

const origin: RecordCell = { row: 0, column: 0, id: undefined };
const clamp = (value: number, count: number) => Math.max(0, Math.min(value, count - 1));

type Step = [rows: number, columns: number];

const far = Number.POSITIVE_INFINITY;
const steps: Record<string, Step> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, rightward],
  ArrowLeft: [0, -rightward],
  PageDown: [page_rows, 0],
  PageUp: [-page_rows, 0],
  Home: [0, -far],
  End: [0, far],
};
const letterSteps: Record<string, Step> = { j: [1, 0], k: [-1, 0] };
const farSteps: Record<string, Step> = {
  Home: [-far, -far],
  End: [far, far],
  ArrowDown: [far, 0],
  ArrowUp: [-far, 0],
  ArrowRight: [0, far * rightward],
  ArrowLeft: [0, -far * rightward],
};
