import { memo, type ReactNode } from 'react';
import { t } from '../../text/text.ts';
import { Checkbox } from '../Checkbox.tsx';
import { cx } from '../cx.ts';
import { CellMessage } from './CellMessage.tsx';
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
  actions?: ReactNode;
  onOpen: (row: number) => void;
  onToggle: (row: number, range: boolean) => void;
  onEdit: (position: CellPosition, typed: boolean) => void;
  onEdited: (end?: EditEnd) => void;
}

function BodyRowInner<T extends Row>(props: BodyRowProps<T>) {
  const { row, index, top, height, columns, selected, open, activeColumn, editingColumn, selectable, range } = props;
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
      style={{ transform: `translateY(${top}px)`, height }}
    >
      {props.drawn.map(({ index: at, gap }) => {
        const column = columns[at];
        if (!column) return null;
        const editing = editingColumn === at;
        const note = props.notes?.[column.id];
        const chosen = range !== null && at >= range.left && at <= range.right;
        const corner = chosen && props.fillable && range.last && at === range.right && !editing;
        return (
          // biome-ignore lint/a11y/useSemanticElements: see the row
          // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of all its cells
          <div
            key={column.id}
            role="gridcell"
            aria-colindex={at + 1}
            aria-selected={chosen && props.fillable ? true : undefined}
            aria-invalid={note?.reason && !note.mild ? true : undefined}
            aria-readonly={column.edit ? undefined : true}
            data-cell={`${index}:${at}`}
            data-typing={column.edit ? '' : undefined}
            tabIndex={activeColumn === at ? 0 : -1}
            style={{
              width: `var(--w-${at})`,
              marginInlineStart: gap,
              insetInlineStart: at < props.pinned ? `var(--l-${at})` : undefined,
            }}
            className={cx(
              'relative flex shrink-0 items-center gap-2 overflow-hidden border-b border-line text-13 outline-none',
              'focus-visible:shadow-[inset_0_0_0_2px_var(--accent)]',
              tone,
              chosen && !editing && rangeClass(range, at),
              note?.reason &&
                (note.mild ? 'shadow-[inset_0_0_0_1px_var(--attention)]' : 'shadow-[inset_0_0_0_1px_var(--bad)]'),
              at < props.pinned && 'sticky z-[1]',
              at === 0 && 'font-medium md:ps-5',
              at === props.pinned - 1 && at > 0 && 'border-e border-e-line-strong',
              column.align === 'end' && 'justify-end tabular-nums',
              editing ? 'overflow-visible z-[2]' : 'px-3',
              note?.reason && activeColumn === at && 'overflow-visible z-[2]',
            )}
            onClick={(event) => at === 0 && !event.shiftKey && props.onOpen(index)}
            onDoubleClick={() => (column.edit ? props.onEdit({ row: index, column: at }, false) : props.onOpen(index))}
          >
            {at === 0 && selectable && (
              // biome-ignore lint/a11y/noStaticElementInteractions: keeps a click beside the box from opening the row
              // biome-ignore lint/a11y/useKeyWithClickEvents: x and space select
              <span
                className="flex h-full items-center pe-1"
                onClick={(event) => {
                  event.stopPropagation();
                  if (event.shiftKey) props.onToggle(index, true);
                }}
              >
                <Checkbox
                  tabIndex={-1}
                  label={t('Select {name}', { name: props.label })}
                  checked={selected}
                  onChange={() => props.onToggle(index, false)}
                  className={cx(!selected && 'border-line-strong')}
                />
              </span>
            )}
            {editing ? (
              column.edit?.(row, { done: props.onEdited, typed: props.typed, draft: note?.draft })
            ) : note ? (
              <CellMessage note={note} shown={activeColumn === at} />
            ) : (
              column.cell(row)
            )}
            {corner && (
              <span
                data-fill=""
                className="absolute end-0 bottom-0 z-[1] hidden size-2 cursor-crosshair border-t border-s border-surface bg-accent group-focus-within/grid:block"
              />
            )}
            {at === 0 && props.actions && (
              // biome-ignore lint/a11y/noStaticElementInteractions: a click on the actions does not open the row
              // biome-ignore lint/a11y/useKeyWithClickEvents: see above
              <span
                className="absolute end-1 flex items-center rounded-md bg-surface opacity-0 group-hover/row:opacity-100 has-focus-visible:opacity-100 has-data-popup-open:opacity-100"
                onClick={(event) => event.stopPropagation()}
              >
                {props.actions}
              </span>
            )}
          </div>
        );
      })}
      <div className={cx('min-w-0 flex-1 border-b border-line', tone)} style={{ minWidth: 'var(--tail)' }} />
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
  const { range, actions: _, ...rest } = before;
  return (
    sameRange(range, after.range) &&
    Object.entries(rest).every(([key, value]) => Object.is(value, after[key as keyof BodyRowProps<T>]))
  );
}

export const BodyRow = memo(BodyRowInner, sameRow) as typeof BodyRowInner;
