import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import { dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { t } from '../../text/text.ts';
import { cx } from '../cx.ts';
import { Skeleton } from '../Skeleton.tsx';
import { autoScroll } from './autoScroll.ts';

interface BoardLaneProps {
  title: string;
  summary: ReactNode;
  loading: boolean;
  empty: boolean;
  hasMore: boolean;
  onMore: () => void;
  /** A card dropped below all others. */
  onDropCard: (id: string) => void;
  children: ReactNode;
}

const near_end_px = 300;

/** A column of the board. It scrolls on its own; its head stays. */
export function BoardLane({ title, summary, loading, empty, hasMore, onMore, onDropCard, children }: BoardLaneProps) {
  const lane = useRef<HTMLElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [over, setOver] = useState(false);
  const drop = useRef(onDropCard);
  drop.current = onDropCard;

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
        <h2 className="truncate text-13">{title}</h2>
        <div className="flex items-baseline justify-between gap-2 text-12 text-muted tabular-nums">{summary}</div>
      </header>
      <ul
        ref={list}
        className="min-h-16 flex-1 overflow-y-auto px-2 pt-0.5 pb-1"
        onScroll={({ currentTarget: box }) => {
          if (hasMore && !loading && box.scrollHeight - box.scrollTop - box.clientHeight < near_end_px) onMore();
        }}
      >
        {children}
        {loading && empty && (
          <li className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-3">
            <Skeleton className="w-3/4" />
            <Skeleton className="w-1/2" />
          </li>
        )}
        {empty && !loading && <li className="px-2 py-4 text-center text-12 text-faint">{t('Nothing here')}</li>}
      </ul>
    </section>
  );
}
