import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { activeLocale } from '../../text/locale.ts';
import { t } from '../../text/text.ts';
import { useNow } from '../clock.ts';
import { formatDay, formatTime, today, zoneOfReader } from '../format.ts';
import { isBrowsers } from '../keys.ts';
import { useNarrow } from '../media.ts';
import { daysOf, firstDayOf, movedBy, movedTo, placeOf, startOf, step_minutes } from './days.ts';
import type { ItemHandling } from './ItemButton.tsx';
import { byTime, type CalendarItem } from './item.ts';
import { MonthGrid, type PutTo } from './MonthGrid.tsx';
import { NarrowCalendar } from './NarrowCalendar.tsx';
import type { Span } from './span.ts';
import { WeekGrid } from './WeekGrid.tsx';

interface CalendarProps<T extends CalendarItem> {
  label: string;
  span: Span;
  /** A day of the month or week on screen. */
  anchor: string;
  items: readonly T[];
  loading?: boolean;
  /**
   * Which items have times: a week of mere dates needs no hours. Where some have, one that is put at an hour gets a
   * time, and in the head of a week loses it.
   */
  times: 'all' | 'some' | 'none';
  movable: (item: T) => boolean;
  /** Put at another date or moment, whichever it had. */
  onMove: (item: T, at: string) => void;
  onOpen: (item: T) => void;
  /** On an empty place: the day, and in a week the minute of it. */
  onAdd?: (to: { day: string; minutes?: number }) => void;
  onShow: (shown: { span: Span; anchor: string }) => void;
}

/**
 * Things with a date or a moment, by month or week in the reader's zone. Dragged by mouse or touch; by keyboard the
 * arrows move the focus, with Shift the entry: by days and weeks in a month, by days and quarters of an hour in a week.
 */
export function Calendar<T extends CalendarItem>(props: CalendarProps<T>) {
  const { label, span, anchor, items, loading = false, times, movable, onMove, onOpen, onAdd, onShow } = props;
  const zone = zoneOfReader();
  const narrow = useNarrow();
  const now = useNow();
  const box = useRef<HTMLElement>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  /** What was moved by keyboard keeps the focus where it is now. */
  const carried = useRef<{ id: string; at: string } | null>(null);

  const days = useMemo(() => {
    const byDay = Map.groupBy([...items].sort(byTime), ({ at }) => placeOf(at, zone).day);
    return daysOf(span, anchor, firstDayOf(activeLocale())).map((day) => ({ day, items: byDay.get(day) ?? [] }));
  }, [items, span, anchor, zone]);
  const shown = days.flatMap((entry) => entry.items);

  useLayoutEffect(() => {
    const { id, at } = carried.current ?? {};
    if (id === undefined || at === undefined || !shown.some((item) => item.id === id && item.at === at)) return;
    carried.current = null;
    const dayButton = `[data-calendar-day="${placeOf(at, zone).day}"]`;
    moveFocus(itemIn(box.current, id) ?? box.current?.querySelector<HTMLElement>(dayButton));
  });
  // The Tab key stops at one that is drawn.
  useLayoutEffect(() => {
    if (box.current?.querySelector('[data-calendar-item][tabindex="0"]')) return;
    const first = box.current?.querySelector<HTMLElement>('[data-calendar-item]');
    if (first) setFocusedId(first.dataset.calendarItem ?? null);
  });

  function move(item: T, at: string) {
    if (at === item.at) return;
    onMove(item, at);
    const { day } = placeOf(at, zone);
    const to = [formatDay(day), ...(at.length > 10 ? [formatTime(at)] : [])].join(', ');
    setSaid(t('{title} moved to {to}', { title: item.title, to }));
    if (!days.some((entry) => entry.day === day)) onShow({ span, anchor: day });
  }

  function onPut(id: string, { day, minutes }: PutTo) {
    const item = items.find((each) => each.id === id);
    if (!item) return;
    if (minutes === null) return move(item, day);
    const getsTime = item.at.length === 10 && minutes !== undefined;
    move(item, movedTo(getsTime ? startOf(day, zone) : item.at, { day, minutes }, zone));
  }

  function onKeyDown(event: KeyboardEvent, item: T) {
    if (isBrowsers(event)) return;
    const rtl = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
    const [days_by = 0, rows_by = 0] =
      { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-rtl, 0], ArrowRight: [rtl, 0] }[event.key] ?? [];
    if (days_by === 0 && rows_by === 0) return;
    event.preventDefault();
    if (!event.shiftKey) {
      const drawn = shown.filter(({ id }) => itemIn(box.current, id));
      const next = drawn[drawn.findIndex(({ id }) => id === item.id) + days_by + rows_by];
      if (next) moveFocus(itemIn(box.current, next.id));
      return;
    }
    if (item.foreseen || !movable(item)) return;
    const byTheHour = span === 'week' && !narrow && item.at.length > 10;
    const at = movedBy(
      item.at,
      byTheHour ? { days: days_by, minutes: rows_by * step_minutes } : { days: days_by + 7 * rows_by },
      zone,
    );
    carried.current = { id: item.id, at };
    move(item, at);
  }

  const handling: ItemHandling<T> = {
    zone,
    movable,
    onOpen,
    onKeyDown,
    focusedId: shown.some(({ id }) => id === focusedId) ? (focusedId ?? undefined) : shown[0]?.id,
    onFocus: ({ id }) => setFocusedId(id),
  };
  const grid = { days, today: today(now), handling, onPut, onAdd };
  const month = anchor.slice(0, 7);
  return (
    <section ref={box} aria-label={label} aria-busy={loading} className="min-h-0 flex-1 overflow-y-auto bg-surface">
      {narrow ? (
        <NarrowCalendar
          {...grid}
          span={span}
          month={month}
          anchor={anchor}
          onPick={(day) => onShow({ span, anchor: day })}
        />
      ) : span === 'month' || times === 'none' ? (
        <MonthGrid {...grid} span={span} month={month} onShowDay={(day) => onShow({ span: 'week', anchor: day })} />
      ) : (
        <WeekGrid {...grid} timeless={times === 'some'} now={new Date(now).toISOString()} />
      )}
      <span role="status" className="sr-only">
        {said}
      </span>
    </section>
  );
}

/** Of a busy day not all are drawn. */
const itemIn = (calendar: HTMLElement | null, id: string) =>
  calendar?.querySelector<HTMLElement>(`[data-calendar-item="${id}"]`);

function moveFocus(target: HTMLElement | null | undefined) {
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
