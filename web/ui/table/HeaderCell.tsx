import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import type { Header, Column as TableColumn } from '@tanstack/react-table';
import { ArrowDown, ArrowUp, ChevronDown } from 'lucide-react';
import { type KeyboardEvent, memo, useEffect, useRef, useState } from 'react';
import { rightward } from '../../text/locale.ts';
import { t } from '../../text/text.ts';
import { cx } from '../cx.ts';
import { Menu, type MenuAction } from '../Menu.tsx';
import type { Column, Row, Sort } from './column.ts';
import { column_px_min, type Features } from './features.ts';
import { sortAlsoBy, sortBy } from './sort.ts';
import { headButton } from './useHeadFocus.ts';

interface HeaderCellProps<T extends Row> {
  header: Header<Features, T>;
  column: Column<T>;
  index: number;
  /** Pixels of columns before it that are not drawn. */
  gap: number;
  /** The button of the heads that is in the tab order. */
  stop: string;
  sort: readonly Sort[];
  onSort: (sort: Sort[]) => void;
  /** Stays in sight; the first one does without being asked. */
  pinned: boolean;
  onPin: (id: string, pinned: boolean) => void;
  /** Puts a column where another one is. */
  onPlace: (id: string, targetId: string) => void;
  width: number;
  /** The columns it can change places with. */
  before: string | undefined;
  after: string | undefined;
}

const resize_step_px = 16;

function HeaderCellInner<T extends Row>(props: HeaderCellProps<T>) {
  const { header, column, index, gap, stop, sort, onSort, pinned, onPlace, width } = props;
  const cell = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState(false);
  const fixed = index === 0;
  const { sortKey } = column;
  const place = sort.findIndex(({ key }) => key === sortKey);
  const sorted = sort[place];

  useEffect(() => {
    const element = cell.current;
    if (!element || fixed) return;
    const stop = [
      draggable({ element, getInitialData: () => ({ column: column.id }) }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => typeof source.data.column === 'string' && source.data.column !== column.id,
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: ({ source }) => {
          setOver(false);
          onPlace(source.data.column as string, column.id);
        },
      }),
    ];
    return () => {
      for (const end of stop) end();
    };
  }, [column.id, fixed, onPlace]);

  const inTabOrder = (part: 'sort' | 'menu') => {
    const button = headButton(index, part);
    return { 'data-head': button, tabIndex: button === stop ? 0 : -1 };
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: headers of a virtual grid stand in no <table>
    // biome-ignore lint/a11y/useFocusableInteractive: the buttons inside take the focus
    <div
      ref={cell}
      role="columnheader"
      aria-colindex={index + 1}
      aria-sort={sorted && place === 0 ? (sorted.descending ? 'descending' : 'ascending') : undefined}
      style={{
        width: `var(--w-${index})`,
        marginInlineStart: gap,
        insetInlineStart: pinned ? `var(--l-${index})` : undefined,
      }}
      className={cx(
        'group/head relative flex h-9 shrink-0 items-center gap-0.5 border-b border-line bg-surface text-12 font-medium text-muted select-none',
        pinned && 'sticky z-10',
        fixed ? 'ps-12 md:ps-14' : 'ps-3',
        column.align === 'end' && 'flex-row-reverse ps-1 pe-3',
        over && 'bg-accent-soft',
      )}
    >
      {sortKey ? (
        <button
          type="button"
          {...inTabOrder('sort')}
          className="flex min-w-0 items-center gap-1 rounded-sm hover:text-ink"
          onClick={(event) => onSort(event.shiftKey ? sortAlsoBy(sort, sortKey) : sortBy(sort, sortKey))}
        >
          <span className={cx('truncate', sorted && 'text-ink')}>{column.header}</span>
          {sorted && (sorted.descending ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
          {sorted && sort.length > 1 && <span className="tabular-nums">{place + 1}</span>}
        </button>
      ) : (
        <span className="truncate">{column.header}</span>
      )}
      <Menu
        actions={columnActions(props)}
        trigger={
          <button
            type="button"
            {...inTabOrder('menu')}
            aria-label={t('{name}: column options', { name: column.header })}
            className="inline-flex size-5 shrink-0 items-center justify-center rounded-sm opacity-0 group-hover/head:opacity-100 hover:bg-hover focus-visible:opacity-100 data-popup-open:bg-hover data-popup-open:opacity-100"
          >
            <ChevronDown size={12} />
          </button>
        }
      />
      <ResizeHandle header={header} label={column.header} width={width} />
    </div>
  );
}

/** Of the heads only those are drawn again that change: each has a menu. */
export const HeaderCell = memo(HeaderCellInner) as typeof HeaderCellInner;

interface ResizeHandleProps<T extends Row> {
  header: Header<Features, T>;
  label: string;
  width: number;
}

function ResizeHandle<T extends Row>({ header, label, width }: ResizeHandleProps<T>) {
  const start = header.getResizeHandler();
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowLeft: -resize_step_px * rightward, ArrowRight: resize_step_px * rightward }[event.key];
    if (!step) return;
    event.preventDefault();
    resize(header.column, step);
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a splitter that one moves is no <hr>
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('Width of {name}', { name: label })}
      aria-valuenow={Math.round(width)}
      tabIndex={-1}
      draggable={false}
      onMouseDown={(event) => {
        event.preventDefault();
        start(event);
      }}
      onTouchStart={start}
      onDragStart={(event) => event.preventDefault()}
      onDoubleClick={() => header.column.resetSize()}
      onKeyDown={onKeyDown}
      className="absolute top-1.5 end-0 h-6 w-2 cursor-col-resize touch-none after:absolute after:inset-y-0 after:end-0 after:w-px after:bg-line hover:after:w-0.5 hover:after:bg-accent"
    />
  );
}

function resize<T extends Row>(column: TableColumn<Features, T>, by: number) {
  const { table } = column;
  table.setColumnSizing((sizes) => ({ ...sizes, [column.id]: Math.max(column_px_min, column.getSize() + by) }));
}

/** The menu of a column: sorting, and all that dragging does, for those who do not drag. */
function columnActions<T extends Row>(props: HeaderCellProps<T>): MenuAction[] {
  const { header, column, index, sort, onSort, pinned, onPin, onPlace, before, after } = props;
  const { sortKey } = column;
  const actions: MenuAction[] = [];
  if (sortKey) {
    const sorted = sort.find(({ key }) => key === sortKey);
    actions.push(
      {
        label: t('Sort ascending'),
        checked: sorted?.descending === false,
        onSelect: () => onSort([{ key: sortKey, descending: false }]),
      },
      {
        label: t('Sort descending'),
        checked: sorted?.descending === true,
        onSelect: () => onSort([{ key: sortKey, descending: true }]),
      },
    );
    if (!sorted && sort.length > 0)
      actions.push({ label: t('Then by this'), onSelect: () => onSort(sortAlsoBy(sort, sortKey)) });
  }
  actions.push(
    { label: t('Wider'), group: true, onSelect: () => resize(header.column, resize_step_px * 2) },
    { label: t('Narrower'), onSelect: () => resize(header.column, -resize_step_px * 2) },
  );
  if (index > 0) {
    actions.push(
      {
        label: t('Move to the start'),
        group: true,
        disabled: !before,
        onSelect: () => before && onPlace(column.id, before),
      },
      { label: t('Move to the end'), disabled: !after, onSelect: () => after && onPlace(column.id, after) },
      { label: pinned ? t('Unpin') : t('Pin at the start'), onSelect: () => onPin(column.id, !pinned) },
      { label: t('Hide column'), group: true, onSelect: () => header.column.toggleVisibility(false) },
    );
  }
  return actions;
}
