import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type CSSProperties, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { cx } from '../cx.ts';
import { formatDay, formatTime } from '../format.ts';
import { placeOf } from './days.ts';
import { barTones, type CalendarItem, drag_kind } from './item.ts';

export interface ItemHandling<T extends CalendarItem> {
  zone: string;
  movable: (item: T) => boolean;
  onOpen: (item: T) => void;
  onKeyDown: (event: KeyboardEvent, item: T) => void;
  /** The one that the Tab key stops at. */
  focusedId: string | undefined;
  onFocus: (item: T) => void;
}

interface ItemButtonProps<T extends CalendarItem> {
  item: T;
  handling: ItemHandling<T>;
  /** As high as it takes long, at its time; otherwise a line that names its time. */
  block?: boolean;
  style?: CSSProperties;
  className?: string;
}

/** From this length on there is room for a second line. */
const two_lines_minutes = 45;

/** One entry of the calendar. */
export function ItemButton<T extends CalendarItem>({ item, handling, block, style, className }: ItemButtonProps<T>) {
  const { zone, movable, focusedId } = handling;
  const element = useRef<HTMLButtonElement>(null);
  const [dragging, setDragging] = useState(false);
  const moves = !item.foreseen && movable(item);
  useEffect(() => {
    const button = element.current;
    if (!button || !moves) return;
    return draggable({
      element: button,
      getInitialData: ({ input }) => ({
        [drag_kind]: item.id,
        grabbed: input.clientY - button.getBoundingClientRect().top,
      }),
      onDragStart: () => setDragging(true),
      onDrop: () => setDragging(false),
    });
  }, [item.id, moves]);
  const time = item.at.length === 10 ? null : formatTime(item.at);
  return (
    <button
      ref={element}
      type="button"
      data-calendar-item={item.id}
      tabIndex={focusedId === item.id ? 0 : -1}
      aria-label={[item.title, formatDay(placeOf(item.at, zone).day), time].filter(Boolean).join(', ')}
      onClick={() => handling.onOpen(item)}
      onFocus={() => handling.onFocus(item)}
      onKeyDown={(event) => handling.onKeyDown(event, item)}
      style={style}
      className={cx(
        'flex w-full min-w-0 overflow-hidden rounded-sm border border-line border-s-2 bg-surface px-1.5 text-start text-12 hover:bg-hover',
        block ? 'flex-col justify-start py-px leading-4 shadow-card' : 'h-6 items-center gap-1.5 pointer-coarse:h-9',
        barTones[item.tone ?? 'neutral'],
        item.foreseen && 'border-dashed bg-transparent text-muted',
        dragging && 'opacity-40',
        className,
      )}
    >
      {time && !block && <span className="shrink-0 text-faint tabular-nums">{time}</span>}
      <bdi className={cx('min-w-0 truncate', item.done ? 'text-muted line-through' : 'font-medium')}>{item.title}</bdi>
      {time && block && (item.minutes ?? 0) >= two_lines_minutes && (
        <span className="truncate text-faint tabular-nums">{time}</span>
      )}
    </button>
  );
}
