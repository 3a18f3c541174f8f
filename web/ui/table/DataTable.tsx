import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useCoarsePointer, useNarrow, usePrinting } from '../media.ts';
import { BodyRow } from './BodyRow.tsx';
import { ColumnsMenu } from './ColumnsMenu.tsx';
import type { EditEnd, Row } from './column.ts';
import type { DataTableProps } from './DataTableProps.ts';
import { type Editing, followEditing } from './follow.ts';
import { HeadCells } from './HeadCells.tsx';
import { AwaitedRow, LoadingRows } from './LoadingRows.tsx';
import { NarrowList } from './NarrowList.tsx';
import { OnPaper } from './OnPaper.tsx';
import { type CellPosition, isOne, rangeIn } from './range.ts';
import { rowsAtHand, useReading, useRows } from './rows.ts';
import { SelectionBar } from './SelectionBar.tsx';
import { columnSizes, useColumns } from './useColumns.ts';
import { useDrawnColumns } from './useDrawnColumns.ts';
import { useFocusAfterSelection } from './useFocusAfterSelection.ts';
import { useGridFocus } from './useGridFocus.ts';
import { useHeadFocus } from './useHeadFocus.ts';
import { useKeptFocus } from './useKeptFocus.ts';
import { useRangeActions } from './useRangeActions.ts';
import { useRangePointer } from './useRangePointer.ts';
import { useSelection } from './useSelection.ts';

const header_px = 36;

const endSteps: Record<EditEnd, readonly [down: number, along: number]> = {
  stay: [0, 0],
  away: [0, 0],
  down: [1, 0],
  up: [-1, 0],
  right: [0, 1],
  left: [0, -1],
};

/** A list the server filters, sorts and pages; only what is seen is drawn. */
export function DataTable<T extends Row>(props: DataTableProps<T>) {
  return useNarrow() ? <NarrowList {...props} /> : <WideTable {...props} />;
}

function WideTable<T extends Row>(props: DataTableProps<T>) {
  const { loading, onOpen } = props;
  const rows = useRows(props.rows, props.part);
  const scroller = useRef<HTMLDivElement>(null);
  const row_px = useCoarsePointer() ? 44 : 36;
  const printing = usePrinting();
  const [edited, setEditing] = useState<Editing<T> | null>(null);
  const editing = edited && followEditing(rows, edited);
  if (editing !== edited) setEditing(editing);

  const { table, layout, headers, visible, pinned, place, pin, reset } = useColumns(props);
  const selection = useSelection(rows, props.whole?.key ?? '', props.sort);
  const opening = useRef({ rowAt: rows.at, onOpen });
  // The same for good, so that rows are not drawn again when others come.
  const open = useCallback((index: number) => {
    const { rowAt, onOpen } = opening.current;
    const row = rowAt(index);
    if (row) onOpen(row);
  }, []);
  const edit = useCallback(
    ({ row, column }: CellPosition, typed: boolean) => {
      const record = opening.current.rowAt(row);
      // At once, so that the key that was pressed lands in the editor.
      if (record && visible[column]?.edit) flushSync(() => setEditing({ row, column, record, typed }));
    },
    [visible],
  );
  const focus = useGridFocus({
    grid: scroller,
    rows,
    columnCount: visible.length,
    scrollTo: ({ row }) => virtual.scrollToIndex(row),
    isEditable: (column) => visible[column]?.edit !== undefined,
    onHead: (column) => heads.focusColumn(column),
    onOpen: open,
    onToggle: props.selectionActions ? selection.toggle : () => {},
    onEdit: edit,
    onClear: () => range.clear(),
    onFillDown: () => range.fillDown(),
  });
  const { active } = focus;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => row_px,
    overscan: 6,
    scrollMargin: header_px,
    scrollPaddingStart: header_px,
    // The row of the active cell stays, so that the grid keeps its place in the tab order; that of an edit, so that
    // what is typed is not lost.
    rangeExtractor: (range) =>
      printing
        ? rowsAtHand(props)
        : [...new Set([...defaultRangeExtractor(range), active.row, editing?.row ?? active.row])].filter(
            (row) => row < rows.length,
          ),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height are measured again
  useEffect(() => virtual.measure(), [virtual, row_px]);
  const { openId } = props;
  const openRow = openId === null ? undefined : rows.placeOf(openId);
  const revealed = useRef<string | null>(null);
  // One goes from row to row beside the list as well: the open one comes into sight, once, and those after it are read.
  useEffect(() => {
    if (openRow === undefined || revealed.current === openId) return;
    revealed.current = openId;
    virtual.scrollToIndex(openRow);
  }, [virtual, openId, openRow]);
  const items = virtual.getVirtualItems();
  useReading(props, virtual.range?.startIndex ?? 0, virtual.range?.endIndex ?? 0);

  const heads = useHeadFocus({
    grid: scroller,
    columns: visible,
    onDown: (column) => focus.focus({ row: active.row, column }),
  });
  const after = useFocusAfterSelection({ rows, active, focus: focus.focus });
  const endSelection = (toRow = selection.ids[0]) => {
    after.want(toRow);
    selection.clear();
  };
  const { rowAt, ...keeping } = useKeptFocus(scroller, rows, active);
  opening.current = { rowAt, onOpen };
  const range = useRangeActions({ rows, columns: visible, range: focus.range, sheet: props.sheet });
  const pointer = useRangePointer({ range: focus.range, focus: focus.focus, onFill: range.fillTo });
  const marked = { ...focus.range, bottom: pointer.fillTo ?? focus.range.bottom };
  const refocus = useRef(focus.focus);
  refocus.current = focus.focus;
  const at = useRef(editing);
  at.current = editing;
  const endEdit = useCallback((end: EditEnd = 'stay') => {
    const [down, along] = endSteps[end];
    if (at.current && end !== 'away')
      refocus.current({ row: at.current.row + down, column: at.current.column + along });
    setEditing(null);
  }, []);

  function onEscape() {
    const row = rows.at(active.row);
    const column = visible[active.column]?.id ?? '';
    if (row && props.sheet?.notes.get(row.id)?.[column]) props.sheet.forget(row, column);
    else if (!isOne(focus.range)) focus.focus(active);
    else if (selection.ids.length > 0) selection.clear();
    else return false;
    return true;
  }

  const widths = headers.map((header) => header.getSize());
  const { drawn, tail } = useDrawnColumns({
    scroller,
    widths,
    pinned,
    active: [active.column, heads.column],
    all: printing,
  });
  const { sizes, pinnedWidth } = columnSizes(widths, pinned);

  return (
    <div className="relative flex min-h-0 min-w-0 flex-1 flex-col">
      {/* biome-ignore lint/a11y/useSemanticElements: a virtual grid cannot be a <table> */}
      <div
        ref={scroller}
        role="grid"
        tabIndex={-1}
        aria-label={props.label}
        aria-busy={loading}
        aria-rowcount={rows.length + 1}
        aria-colcount={visible.length}
        aria-multiselectable={props.selectionActions ? true : undefined}
        className="group/grid min-h-0 flex-1 overflow-auto bg-surface outline-none"
        style={{ ...sizes, scrollPaddingTop: header_px, scrollPaddingInlineStart: pinnedWidth } as CSSProperties}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || editing) focus.onKeyDown(event);
          else if (onEscape()) event.preventDefault();
        }}
        onFocus={(event) => {
          keeping.onFocus();
          focus.onFocus(event);
        }}
        onBlur={keeping.onBlur}
        onCopy={range.onCopy}
        onCut={range.onCut}
        onPaste={range.onPaste}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: see the grid */}
        <div role="rowgroup" className="sticky top-0 z-10 flex w-max min-w-full">
          {/* biome-ignore lint/a11y/useSemanticElements: see the grid */}
          <div role="row" tabIndex={-1} aria-rowindex={1} className="flex min-w-full" {...heads.handlers}>
            <HeadCells
              headers={headers}
              layout={layout}
              columns={visible}
              drawn={drawn}
              pinned={pinned}
              stop={heads.stop}
              sort={props.sort}
              onSort={props.onSort}
              onPlace={place}
              onPin={pin}
            />
            <div className="flex flex-1 border-b border-line bg-surface" style={{ minWidth: tail }} />
          </div>
        </div>
        {rows.length === 0 && loading && <LoadingRows columns={visible} />}
        {/* biome-ignore lint/a11y/useSemanticElements: see the grid */}
        <div
          role="rowgroup"
          data-drawn
          className="relative select-none"
          onPointerDown={pointer.onPointerDown}
          onPointerMove={pointer.onPointerMove}
          style={{ height: virtual.getTotalSize(), width: table.getTotalSize(), minWidth: '100%' }}
        >
          {items.map((item) => {
            const row = editing?.row === item.index ? editing.record : rowAt(item.index);
            if (!row) return <AwaitedRow key={item.index} top={item.start - header_px} height={row_px} />;
            return (
              <BodyRow
                key={row.id}
                row={row}
                index={item.index}
                top={item.start - header_px}
                height={row_px}
                columns={visible}
                drawn={drawn}
                tail={tail}
                pinned={pinned}
                label={props.rowLabel(row)}
                selected={selection.has(row.id)}
                open={props.openId === row.id}
                activeColumn={active.row === item.index ? active.column : null}
                editingColumn={editing?.row === item.index ? editing.column : null}
                typed={editing?.row === item.index && editing.typed}
                range={rangeIn(marked, item.index)}
                fillable={props.sheet !== undefined}
                notes={props.sheet?.notes.get(row.id)}
                selectable={props.selectionActions !== undefined}
                onOpen={open}
                onToggle={selection.toggle}
                onEdit={edit}
                onEdited={endEdit}
              />
            );
          })}
        </div>
        {rows.length === 0 && !loading && <EmptyRow>{props.empty}</EmptyRow>}
      </div>
      {printing && <OnPaper {...props} />}
      <div className="flex h-9 shrink-0 items-center justify-between gap-2 border-t border-line bg-surface px-3 text-12 text-muted md:px-5">
        <div className="flex min-w-0 items-center gap-4 truncate tabular-nums">{props.footer}</div>
        <ColumnsMenu columns={table.getAllLeafColumns()} layout={layout} onReset={reset} />
      </div>
      {props.selectionActions && (
        <SelectionBar
          count={selection.ids.length}
          all={selection.all}
          whole={props.whole}
          onAll={selection.selectAll}
          onClear={endSelection}
          onGone={after.take}
        >
          {props.selectionActions({ ids: selection.ids, all: selection.all }, endSelection)}
        </SelectionBar>
      )}
    </div>
  );
}

/** A grid may hold nothing but rows of cells. */
function EmptyRow({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: see the grid
    <div role="row" tabIndex={-1} className="sticky start-0 outline-none">
      {/* biome-ignore lint/a11y/useSemanticElements: see the grid */}
      <div role="gridcell" tabIndex={-1} className="outline-none">
        {children}
      </div>
    </div>
  );
}
