import { memo, type ReactNode } from 'react';
import { Checkbox } from '../Checkbox.tsx';
import { cx } from '../cx.ts';
import type { Column, Row } from './column.ts';

interface BodyRowProps<T extends Row> {
  row: T;
  index: number;
  top: number;
  height: number;
  columns: readonly Column<T>[];
  selected: boolean;
  open: boolean;
  /** The column of the active cell, when this row has it. */
  activeColumn: number | null;
  editingColumn: number | null;
  selectable: boolean;
  label: string;
  actions?: ReactNode;
  onActivate: (row: number, column: number) => void;
  onOpen: (row: number) => void;
  onToggle: (row: number, range: boolean) => void;
  onEdit: (position: { row: number; column: number }) => void;
  onEdited: () => void;
}

function BodyRowInner<T extends Row>(props: BodyRowProps<T>) {
  const { row, index, top, height, columns, selected, open, activeColumn, editingColumn, selectable } = props;
  const tone = selected || open ? 'bg-accent-soft' : 'bg-surface group-hover/row:bg-hover';
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list are positioned, which <tr> cannot be
    <div
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-selected={selectable ? selected : undefined}
      className="group/row absolute left-0 flex min-w-full"
      style={{ transform: `translateY(${top}px)`, height }}
    >
      {columns.map((column, at) => {
        const editing = editingColumn === at;
        return (
          // biome-ignore lint/a11y/useSemanticElements: see the row
          // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys of all its cells
          <div
            key={column.id}
            role="gridcell"
            aria-colindex={at + 1}
            data-cell={`${index}:${at}`}
            tabIndex={activeColumn === at ? 0 : -1}
            style={{ width: `var(--w-${at})` }}
            className={cx(
              'relative flex shrink-0 items-center gap-2 overflow-hidden border-b border-line px-3 text-13 outline-none',
              'focus-visible:shadow-[inset_0_0_0_2px_var(--accent)]',
              tone,
              at === 0 && 'sticky left-0 z-[1] pl-3 font-medium md:pl-5',
              column.align === 'end' && 'justify-end tabular-nums',
              editing && 'overflow-visible z-[2] p-0',
            )}
            onClick={() => {
              props.onActivate(index, at);
              if (at === 0) props.onOpen(index);
            }}
            onDoubleClick={() => (column.edit ? props.onEdit({ row: index, column: at }) : props.onOpen(index))}
          >
            {at === 0 && selectable && (
              // biome-ignore lint/a11y/noStaticElementInteractions: keeps a click beside the box from opening the row
              // biome-ignore lint/a11y/useKeyWithClickEvents: x and space select
              <span
                className="flex h-full items-center pr-1"
                onClick={(event) => {
                  event.stopPropagation();
                  if (event.shiftKey) props.onToggle(index, true);
                }}
              >
                <Checkbox
                  tabIndex={-1}
                  label={`Select ${props.label}`}
                  checked={selected}
                  onChange={() => props.onToggle(index, false)}
                  className={cx(!selected && 'border-line-strong')}
                />
              </span>
            )}
            {editing ? column.edit?.(row, props.onEdited) : column.cell(row)}
            {at === 0 && props.actions && (
              // biome-ignore lint/a11y/noStaticElementInteractions: a click on the actions does not open the row
              // biome-ignore lint/a11y/useKeyWithClickEvents: see above
              <span
                className="absolute right-1 flex items-center rounded-md bg-surface opacity-0 group-hover/row:opacity-100 has-focus-visible:opacity-100 has-data-popup-open:opacity-100"
                onClick={(event) => event.stopPropagation()}
              >
                {props.actions}
              </span>
            )}
          </div>
        );
      })}
      <div className={cx('min-w-0 flex-1 border-b border-line', tone)} />
    </div>
  );
}

export const BodyRow = memo(BodyRowInner) as typeof BodyRowInner;
