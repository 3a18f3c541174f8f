import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { Plus } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useId, useImperativeHandle, useRef, useState } from 'react';
import { t } from '../../text/text.ts';
import { cx } from '../cx.ts';
import { IconButton } from '../IconButton.tsx';
import { usePrinting } from '../media.ts';
import { Skeleton } from '../Skeleton.tsx';
import { autoScroll } from './autoScroll.ts';

export interface Lane {
  /** Brings a card into sight, and with it into the page. */
  reveal: (row: number) => void;
}

interface BoardLaneProps {
  handle: RefObject<Lane | null>;
  title: string;
  summary: ReactNode;
  /** The ids of its cards. */
  ids: readonly string[];
  /** These are drawn wherever they are: the one the Tab key stops at, and one that is being dragged. */
  kept: readonly (string | null)[];
  loading: boolean;
  hasMore: boolean;
  note?: ReactNode;
  onMore: () => void;
  onAdd: (() => void) | undefined;
  /** A card dropped below all others. */
  onDropCard: (id: string) => void;
  renderCard: (row: number) => ReactNode;
}

const near_end_px = 300;
/** Until it is measured. */
const card_px = 104;

/** A column of the board. It scrolls on its own; its head stays. Only the cards around those in sight are drawn. */
export function BoardLane(props: BoardLaneProps) {
  const { handle, title, summary, ids, kept, loading, hasMore, note, onMore, onAdd, onDropCard, renderCard } = props;
  const lane = useRef<HTMLElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState(false);
  const [titleId, addId] = [useId(), useId()];
  const printing = usePrinting();
  const drop = useRef(onDropCard);
  drop.current = onDropCard;
  const virtual = useVirtualizer({
    count: ids.length,
    getScrollElement: () => list.current,
    estimateSize: () => card_px,
    overscan: 5,
    getItemKey: (row) => ids[row] ?? row,
    rangeExtractor: (range) => {
      if (printing) return ids.map((_, row) => row);
      const rows = kept.map((id) => (id === null ? -1 : ids.indexOf(id))).filter((row) => row >= 0);
      return [...new Set([...defaultRangeExtractor(range), ...rows])].sort((a, b) => a - b);
    },
  });
  useImperativeHandle(
    handle,
    () => ({
      reveal: (row) => {
        lane.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        virtual.scrollToIndex(row);
      },
    }),
    [virtual],
  );

  useEffect(() => {
    if (!lane.current || !list.current) return;
    return combine(
      dropTargetForElements({
        element: lane.current,
        canDrop: ({ source }) => source.data.card !== undefined,
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: ({ source, location }) => {
          setOver(false);
          // A card below the pointer has taken it already.
          if (location.current.dropTargets[0]?.element === lane.current) drop.current(source.data.card as string);
        },
      }),
      autoScroll(list.current),
    );
  }, []);

  return (
    <section
      ref={lane}
      aria-label={title}
      className={cx(
        'flex max-h-full w-72 shrink-0 snap-start flex-col rounded-lg border border-transparent',
        over ? 'border-accent! bg-accent-soft' : 'bg-sunken',
      )}
    >
      <header className="px-3 pt-2.5 pb-2">
        <div className="flex items-center gap-2">
          <h2 id={titleId} className="min-w-0 flex-1 truncate text-13">
            {title}
          </h2>
          {onAdd && (
            <IconButton
              id={addId}
              label={t('Add')}
              aria-labelledby={`${addId} ${titleId}`}
              size="small"
              className="-my-1 -me-1.5 pointer-coarse:-my-2.5 pointer-coarse:-me-3"
              onClick={onAdd}
            >
              <Plus size={14} />
            </IconButton>
          )}
        </div>
        <div className="flex items-baseline justify-between gap-2 text-12 text-muted tabular-nums">{summary}</div>
      </header>
      <div
        ref={list}
        className="min-h-16 flex-1 overflow-y-auto px-2 pt-0.5 pb-1"
        onScroll={({ currentTarget: box }) => {
          if (hasMore && !loading && box.scrollHeight - box.scrollTop - box.clientHeight < near_end_px) onMore();
        }}
      >
        <ul data-drawn className="relative" style={{ height: ids.length > 0 ? virtual.getTotalSize() : undefined }}>
          {virtual.getVirtualItems().map(({ index, key, start }) => (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              aria-posinset={index + 1}
              aria-setsize={hasMore ? -1 : ids.length}
              className="absolute inset-x-0 top-0 pb-2"
              style={{ transform: `translateY(${start}px)` }}
            >
              {renderCard(index)}
            </li>
          ))}
          {loading && ids.length === 0 && (
            <li className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-3">
              <Skeleton className="w-3/4" />
              <Skeleton className="w-1/2" />
            </li>
          )}
          {ids.length === 0 && !loading && !note && (
            <li className="px-2 py-4 text-center text-12 text-faint">{t('Nothing here')}</li>
          )}
        </ul>
        {printing && hasMore && (
          <div className="px-2 py-3 text-center text-12 text-muted">{t('There are more than are printed')}</div>
        )}
        {note && !hasMore && <div className="px-2 py-3 text-center text-12 text-muted">{note}</div>}
      </div>
    </section>
  );
}
