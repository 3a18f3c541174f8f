export interface CellPosition {
  row: number;
  column: number;
}

/** A rectangle of cells, its edges included. */
export interface CellRange {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export function rangeOf(a: CellPosition, b: CellPosition): CellRange {
  return {
    top: Math.min(a.row, b.row),
    bottom: Math.max(a.row, b.row),
    left: Math.min(a.column, b.column),
    right: Math.max(a.column, b.column),
  };
}

export const isOne = ({ top, bottom, left, right }: CellRange) => top === bottom && left === right;

/** What a cell's `data-cell` says; null for whatever is in no cell. */
export function cellAt(target: EventTarget | null): CellPosition | null {
  const said = target instanceof Element ? target.closest<HTMLElement>('[data-cell]')?.dataset.cell : undefined;
  const [row, column] = said?.split(':').map(Number) ?? [];
  return row === undefined || column === undefined ? null : { row, column };
}

/** What of a range lies in a row: its columns, and whether it begins or ends here. */
export interface RowRange {
  left: number;
  right: number;
  first: boolean;
  last: boolean;
}

export function rangeIn({ top, bottom, left, right }: CellRange, row: number): RowRange | null {
  return row < top || row > bottom ? null : { left, right, first: row === top, last: row === bottom };
}
