import { memo } from 'react';
import { cx } from '../cx.ts';
import { BodyCell } from './BodyCell.tsx';
import type { Column, EditEnd, Row, RowNotes } from './column.ts';
import type { CellPosition, RowRange } from './range.ts';
import type { DrawnColumn } from './useDrawnColumns.ts';

interface BodyRowProps<T extends Row> {
  row: T;
  index: number;
  top: number;
  height: number;
  columns: readonly Column<T>[];
  drawn: readonly DrawnColumn[];
  /** Pixels of columns after the last that is drawn. */
  tail: number;
  /** So many columns at the left stay in sight. */
  pinned: number;
  selected: boolean;
  open: boolean;
  /** The column of the active cell, when this row has it. */
  activeColumn: number | null;
  editingColumn: number | null;
  /** A character began the edit. */
  typed: boolean;
  range: RowRange | null;
  fillable: boolean;
  notes: RowNotes | undefined;
  selectable: boolean;
  label: string;
  onOpen: (row: number) => void;
  onToggle: (row: number, range: boolean) => void;
  onEdit: (position: CellPosition, typed: boolean) => void;
  onEdited: (end?: EditEnd) => void;
}

function BodyRowInner<T extends Row>(props: BodyRowProps<T>) {
  const { row, index, top, height, columns, pinned, selected, open, activeColumn, editingColumn, selectable, range } =
    props;
  const tone = selected || open ? 'bg-accent-soft' : 'bg-surface group-hover/row:bg-hover';
  // What floats below a cell lies over the next row.
  const raised = editingColumn !== null || (activeColumn !== null && props.notes !== undefined);
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list are positioned, which <tr> cannot be
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      className={cx('group/row absolute start-0 flex min-w-full', raised && 'z-[2]')}
      style={{ top, height }}
    >
      {props.drawn.map(({ index: at, gap }) => {
        const column = columns[at];
        if (!column) return null;
        const editing = editingColumn === at;
        const chosen = range !== null && at >= range.left && at <= range.right;
        return (
          <BodyCell
            key={column.id}
            row={row}
            column={column}
            rowIndex={index}
            at={at}
            gap={gap}
            pinned={at < pinned}
            lastPinned={at === pinned - 1}
            tone={tone}
            active={activeColumn === at}
            editing={editing}
            typed={editing && props.typed}
            inRange={chosen && props.fillable}
            rangeClass={chosen && !editing ? rangeClass(range, at) : ''}
            fillsFrom={chosen && props.fillable && range.last && at === range.right && !editing}
            note={props.notes?.[column.id]}
            checkbox={at === 0 && selectable ? props.label : undefined}
            checked={at === 0 && selected}
            onOpen={props.onOpen}
            onToggle={props.onToggle}
            onEdit={props.onEdit}
            onEdited={props.onEdited}
          />
        );
      })}
      <div className={cx('min-w-0 flex-1 border-b border-line', tone)} style={{ minWidth: props.tail }} />
    </div>
  );
}

/** A tint over the cells of a range, and a line around it. */
function rangeClass({ left, right, first, last }: RowRange, at: number): string {
  return cx(
    'after:pointer-events-none after:absolute after:inset-0 after:border-accent group-focus-within/grid:after:bg-accent/10',
    first && 'group-focus-within/grid:after:border-t',
    last && 'group-focus-within/grid:after:border-b',
    at === left && 'group-focus-within/grid:after:border-s',
    at === right && 'group-focus-within/grid:after:border-e',
  );
}

const sameRange = (a: RowRange | null, b: RowRange | null) =>
  a === b ||
  (a !== null && b !== null && a.left === b.left && a.right === b.right && a.first === b.first && a.last === b.last);

/** Rows are drawn again only when something of theirs has changed. */
function sameRow<T extends Row>(before: BodyRowProps<T>, after: BodyRowProps<T>): boolean {
  const { range, ...rest } = before;
  return (
    sameRange(range, after.range) &&
    Object.entries(rest).every(([key, value]) => Object.is(value, after[key as keyof BodyRowProps<T>]))
  );
}

export const BodyRow = memo(BodyRowInner, sameRow) as typeof BodyRowInner;
