import { memo } from 'react';
import { t } from '../../text/text.ts';
import { Checkbox } from '../Checkbox.tsx';
import { cx } from '../cx.ts';
import { CellMessage } from './CellMessage.tsx';
import type { CellNote, Column, EditEnd, Row } from './column.ts';
import type { CellPosition } from './range.ts';

interface BodyCellProps<T extends Row> {
  row: T;
  column: Column<T>;
  rowIndex: number;
  /** Which column. */
  at: number;
  /** Pixels of columns before it that are not drawn. */
  gap: number;
  pinned: boolean;
  lastPinned: boolean;
  tone: string;
  active: boolean;
  editing: boolean;
  /** A character began the edit. */
  typed: boolean;
  inRange: boolean;
  rangeClass: string;
  /** Has the corner that is dragged to fill. */
  fillsFrom: boolean;
  note: CellNote | undefined;
  /** Given: it has the box that selects the row, which has this name. */
  checkbox: string | undefined;
  checked: boolean;
  onOpen: (row: number) => void;
  onToggle: (row: number, range: boolean) => void;
  onEdit: (position: CellPosition, typed: boolean) => void;
  onEdited: (end?: EditEnd) => void;
}

function BodyCellInner<T extends Row>(props: BodyCellProps<T>) {
  const { row, column, rowIndex, at, active, editing, note, checkbox, checked } = props;
  const marked = Boolean(note?.reason);
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of all its cells
    <div
      role="gridcell"
      aria-colindex={at + 1}
      aria-selected={props.inRange ? true : undefined}
      aria-invalid={marked && !note?.mild ? true : undefined}
      aria-readonly={column.edit ? undefined : true}
      data-cell={`${rowIndex}:${at}`}
      data-heir={active ? '' : undefined}
      data-typing={column.edit ? '' : undefined}
      tabIndex={active ? 0 : -1}
      style={{
        width: `var(--w-${at})`,
        marginInlineStart: props.gap,
        insetInlineStart: props.pinned ? `var(--l-${at})` : undefined,
      }}
      className={cx(
        'relative flex shrink-0 items-center gap-2 overflow-hidden border-b border-line text-13 outline-none',
        'focus-visible:shadow-[inset_0_0_0_2px_var(--accent)]',
        props.tone,
        props.rangeClass,
        marked && (note?.mild ? 'shadow-[inset_0_0_0_1px_var(--attention)]' : 'shadow-[inset_0_0_0_1px_var(--bad)]'),
        props.pinned && 'sticky z-[1]',
        at === 0 && 'font-medium md:ps-5',
        props.lastPinned && at > 0 && 'border-e border-e-line-strong',
        column.align === 'end' && 'justify-end tabular-nums',
        editing ? 'overflow-visible z-[2]' : 'px-3',
        marked && active && 'overflow-visible z-[2]',
      )}
      onClick={(event) => at === 0 && !event.shiftKey && props.onOpen(rowIndex)}
      onDoubleClick={() => (column.edit ? props.onEdit({ row: rowIndex, column: at }, false) : props.onOpen(rowIndex))}
    >
      {checkbox !== undefined && (
        // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is its control
        // biome-ignore lint/a11y/useKeyWithClickEvents: x and space select; a click on the box does not open the row
        <label
          data-row-box=""
          className="flex h-full items-center pe-1"
          // The focus is the cell's, which takes it as the pointer comes down: the keys go on from there.
          onMouseDown={(event) => event.preventDefault()}
          onClick={(event) => event.stopPropagation()}
        >
          <Checkbox
            tabIndex={-1}
            label={t('Select {name}', { name: checkbox })}
            checked={checked}
            onChange={(_, extend) => props.onToggle(rowIndex, extend)}
            className={cx(!checked && 'border-line-strong')}
          />
        </label>
      )}
      {editing ? (
        column.edit?.(row, { done: props.onEdited, typed: props.typed, draft: note?.draft })
      ) : note ? (
        <CellMessage note={note} shown={active} />
      ) : (
        column.cell(row)
      )}
      {props.fillsFrom && (
        <span
          data-fill=""
          className="absolute end-0 bottom-0 z-[1] hidden size-2 cursor-crosshair border-t border-s border-surface bg-accent group-focus-within/grid:block"
        />
      )}
    </div>
  );
}

/**
 * A cell is drawn again only when something of its own has changed: when columns come into sight, the others are not.
 */
export const BodyCell = memo(BodyCellInner) as typeof BodyCellInner;
