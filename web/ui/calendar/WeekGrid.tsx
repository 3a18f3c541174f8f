import { useEffect, useRef, useState } from 'react';
import { autoScroll } from '../board/autoScroll.ts';
import { cx } from '../cx.ts';
import { formatHour, formatWeekday } from '../format.ts';
import { minutes_of_day, minutesAt, placeOf } from './days.ts';
import { ItemButton } from './ItemButton.tsx';
import { type CalendarItem, drag_kind, minutes_drawn_min } from './item.ts';
import { lanesOf } from './lanes.ts';
import { type DayItems, type GridProps, MoreButton, shownOf } from './MonthGrid.tsx';
import { useDrop } from './useDrop.ts';

const hour_px = 48;
const opens_at_hour = 7;
const hours = Array.from({ length: 24 }, (_, hour) => hour);
const columns = 'grid grid-cols-[3.25rem_repeat(7,minmax(0,1fr))]';

interface WeekGridProps<T extends CalendarItem> extends GridProps<T> {
  /** Whether an entry may have a day without a time, and so be put into the head. */
  timeless: boolean;
  /** This very moment, for the line across today. */
  now: string;
}

/** The days of a week beside each other, from midnight to midnight. */
export function WeekGrid<T extends CalendarItem>(props: WeekGridProps<T>) {
  const { days, today, timeless } = props;
  const box = useRef<HTMLDivElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const [expanded, setExpanded] = useState(false);
  useEffect(() => {
    const scrolled = box.current;
    if (!scrolled) return;
    // A quarter of it more, for its name stands astride the line.
    scrolled.scrollTop = (opens_at_hour - 0.25) * hour_px;
    return autoScroll(scrolled, drag_kind, head.current);
  }, []);
  return (
    // The hour below the head stays there when the head grows, such as once its entries are read.
    <div ref={box} className="h-full overflow-y-auto [overflow-anchor:none]">
      <div ref={head} className="sticky top-0 z-20 border-b border-line bg-surface">
        <div className={columns}>
          <span />
          {days.map(({ day }) => (
            <span
              key={day}
              className="flex min-w-0 items-center gap-1.5 border-s border-line px-2 py-1.5 text-12 text-muted"
            >
              {formatWeekday(day)}
              <time
                dateTime={day}
                className={cx(
                  'inline-flex size-6 items-center justify-center rounded-full tabular-nums',
                  day === today ? 'bg-accent font-semibold text-on-accent' : 'text-ink',
                )}
              >
                {Number(day.slice(-2))}
              </time>
            </span>
          ))}
        </div>
        {timeless && (
          // A scrollbar would shift the columns against those below.
          <div className={cx(columns, 'max-h-[40vh] min-h-8 overflow-y-auto [scrollbar-width:none]')}>
            <span />
            {days.map((entry) => (
              <Timeless
                key={entry.day}
                {...entry}
                {...props}
                expanded={expanded}
                onExpand={() => setExpanded(!expanded)}
              />
            ))}
          </div>
        )}
      </div>
      <div className={columns}>
        <div aria-hidden="true" className="relative text-12 text-faint tabular-nums">
          {hours.slice(1).map((hour) => (
            <span key={hour} className="absolute end-2 -translate-y-1/2" style={{ top: hour * hour_px }}>
              {formatHour(hour)}
            </span>
          ))}
        </div>
        {days.map((entry) => (
          <DayColumn key={entry.day} {...entry} {...props} />
        ))}
      </div>
    </div>
  );
}

interface TimelessProps<T extends CalendarItem> extends DayItems<T>, Pick<GridProps<T>, 'handling' | 'onPut'> {
  expanded: boolean;
  onExpand: () => void;
}

function Timeless<T extends CalendarItem>(props: TimelessProps<T>) {
  const { day, handling, onPut, expanded, onExpand } = props;
  const cell = useRef<HTMLDivElement>(null);
  const { over } = useDrop(cell, { onDrop: (id) => onPut(id, { day, minutes: null }) });
  const items = props.items.filter(({ at }) => at.length === 10);
  const few = shownOf(items);
  const shown = expanded ? items : few;
  return (
    <div ref={cell} className={cx('flex min-w-0 flex-col gap-1 border-s border-line p-1', over && 'bg-accent-soft')}>
      {shown.map((item) => (
        <ItemButton key={item.id} item={item} handling={handling} />
      ))}
      {few.length < items.length && (
        <MoreButton day={day} count={items.length - shown.length} aria-expanded={expanded} onClick={onExpand} />
      )}
    </div>
  );
}

function DayColumn<T extends CalendarItem>(props: DayItems<T> & WeekGridProps<T>) {
  const { day, items, today, now, handling, onPut, onAdd } = props;
  const column = useRef<HTMLDivElement>(null);
  const { minutes } = useDrop(column, { timed: true, onDrop: (id, at) => onPut(id, { day, minutes: at }) });
  const timed = items.flatMap((item) => {
    const { minutes: from } = placeOf(item.at, handling.zone);
    return from === null ? [] : [{ item, from, to: from + Math.max(minutes_drawn_min, item.minutes ?? 0) }];
  });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: a shortcut of the pointer; the page has a button for the same
    <div
      ref={column}
      className="relative border-s border-line"
      style={{
        height: 24 * hour_px,
        backgroundImage: `repeating-linear-gradient(to bottom, var(--line) 0 1px, transparent 1px ${hour_px}px)`,
      }}
      onClick={({ target, currentTarget, clientY }) => {
        if (!onAdd || target !== currentTarget) return;
        const box = currentTarget.getBoundingClientRect();
        onAdd({ day, minutes: minutesAt((clientY - box.top) / box.height) });
      }}
    >
      {day === today && <NowLine minutes={placeOf(now, handling.zone).minutes ?? 0} />}
      {lanesOf(timed, (entry) => entry).map(({ item: { item, from, to }, lane, lanes }) => (
        <ItemButton
          key={item.id}
          block
          item={item}
          handling={handling}
          className="absolute z-10"
          style={{
            top: top(from),
            height: `calc(${top(Math.min(to, minutes_of_day))} - ${top(from)} - 1px)`,
            insetInlineStart: `calc(${(100 * lane) / lanes}% + 1px)`,
            width: `calc(${100 / lanes}% - 3px)`,
          }}
        />
      ))}
      {minutes !== undefined && (
        <span
          aria-hidden="true"
          className="pointer-events-none absolute inset-x-0 z-[15] h-0.5 bg-accent"
          style={{ top: top(minutes) }}
        />
      )}
    </div>
  );
}

const top = (minutes: number) => `${(100 * minutes) / minutes_of_day}%`;

function NowLine({ minutes }: { minutes: number }) {
  return (
    <span
      aria-hidden="true"
      className="pointer-events-none absolute inset-x-0 z-[15] h-px bg-bad"
      style={{ top: top(minutes) }}
    />
  );
}
