import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import { t } from '../../text/text.ts';
import { cx } from '../cx.ts';
import { usePrinting } from '../media.ts';
import { SkeletonRows } from '../Skeleton.tsx';
import type { Row } from './column.ts';
import type { DataTableProps } from './DataTableProps.ts';
import { NarrowButton } from './NarrowButton.tsx';
import { OnPaper } from './OnPaper.tsx';
import { rowsAtHand, useReading, useRows } from './rows.ts';
import { SelectButton } from './SelectButton.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { useSelection } from './useSelection.ts';

const row_px = 60;

/**
 * The same list on a phone: a row is two lines or what its words need, and a tap opens it, or selects it once one has
 * asked to.
 */
export function NarrowList<T extends Row>(props: DataTableProps<T>) {
  const { label, loading, onOpen, renderNarrow, footer, empty, selectionActions } = props;
  const rows = useRows(props.rows, props.part);
  const scroller = useRef<HTMLDivElement>(null);
  const selectButton = useRef<HTMLButtonElement>(null);
  const selection = useSelection(rows, props.whole?.key ?? '', props.sort);
  const [selecting, setSelecting] = useState(false);
  const printing = usePrinting();
  const stop = () => {
    selection.clear();
    setSelecting(false);
  };
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => row_px,
    overscan: 8,
    rangeExtractor: (range) => (printing ? rowsAtHand(props) : defaultRangeExtractor(range)),
  });
  const items = virtual.getVirtualItems();
  useReading(props, virtual.range?.startIndex ?? 0, virtual.range?.endIndex ?? 0);

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <section
        ref={scroller}
        aria-label={label}
        aria-busy={loading}
        // What is selected is told over the last rows, which can be scrolled clear of it.
        className={cx('min-h-0 flex-1 overflow-y-auto', selection.ids.length > 0 && 'pb-48')}
      >
        {rows.length === 0 && loading && <SkeletonRows label={t('Loading')} />}
        {rows.length === 0 && !loading && empty}
        {rows.length > 0 && (
          <ul data-drawn className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows.at(item.index);
              return (
                row && (
                  <li
                    key={row.id}
                    ref={virtual.measureElement}
                    data-index={item.index}
                    className="absolute inset-x-0 top-0"
                    style={{ transform: `translateY(${item.start}px)` }}
                  >
                    <NarrowButton
                      checked={selecting ? selection.has(row.id) : null}
                      onClick={() => (selecting ? selection.toggle(item.index, false) : onOpen(row))}
                    >
                      {renderNarrow(row)}
                    </NarrowButton>
                  </li>
                )
              );
            })}
          </ul>
        )}
      </section>
      {printing && <OnPaper {...props} />}
      {(footer || selectionActions) && (
        <div className="flex min-h-11 shrink-0 items-center gap-3 border-t border-line pe-2 ps-4 text-12 text-muted tabular-nums">
          <div className="flex min-w-0 flex-1 items-center gap-4">{footer}</div>
          {selectionActions && rows.length > 0 && (
            <SelectButton
              ref={selectButton}
              selecting={selecting}
              onClick={selecting ? stop : () => setSelecting(true)}
            />
          )}
        </div>
      )}
      {selectionActions && (
        <SelectionBar
          count={selection.ids.length}
          all={selection.all}
          whole={props.whole}
          onAll={selection.selectAll}
          onClear={selection.clear}
          onGone={() => selectButton.current?.focus()}
        >
          {selectionActions({ ids: selection.ids, all: selection.all }, stop)}
        </SelectionBar>
      )}
    </div>
  );
}
