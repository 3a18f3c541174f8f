import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { t } from '../../text/text.ts';
import { SkeletonRows } from '../Skeleton.tsx';
import type { Row } from './column.ts';
import type { DataTableProps } from './DataTable.tsx';

const row_px = 60;

/** The same list on a phone: a row is two lines and a tap opens it. */
export function NarrowList<T extends Row>(props: DataTableProps<T>) {
  const { label, rows, loading, hasMore, onMore, onOpen, renderNarrow, footer, empty } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => row_px,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !loading && last >= rows.length - 20) onMore();
  }, [hasMore, loading, last, rows.length, onMore]);

  return (
    <>
      <section ref={scroller} aria-label={label} aria-busy={loading} className="min-h-0 flex-1 overflow-y-auto">
        {rows.length === 0 && loading && <SkeletonRows label={t('Loading')} />}
        {rows.length === 0 && !loading && empty}
        {rows.length > 0 && (
          <ul className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = rows[item.index];
              return (
                row && (
                  <li
                    key={row.id}
                    className="absolute inset-x-0 top-0"
                    style={{ transform: `translateY(${item.start}px)`, height: row_px }}
                  >
                    <button
                      type="button"
                      onClick={() => onOpen(row)}
                      className="flex h-full w-full items-center gap-3 border-b border-line px-4 text-start active:bg-hover"
                    >
                      {renderNarrow(row)}
                    </button>
                  </li>
                )
              );
            })}
          </ul>
        )}
      </section>
      {footer && (
        <div className="shrink-0 border-t border-line px-4 py-2 text-12 text-muted tabular-nums">{footer}</div>
      )}
    </>
  );
}
