import { type KeyboardEvent, type ReactNode, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { t } from '../../text/text.ts';
import { cx } from '../cx.ts';
import { formatDate, formatDay, today } from '../format.ts';
import { useNarrow } from '../media.ts';
import { CalendarBar } from './CalendarBar.tsx';
import { CalendarDay } from './CalendarDay.tsx';
import { CalendarItemButton } from './CalendarItemButton.tsx';
import { addDays, byDay, type CalendarForm, type CalendarItem } from './calendar.ts';

const shown_in_month_max = 3;

interface CalendarProps<T extends CalendarItem> {
  label: string;
  /** The day that the month or week is around. */
  day: string;
  form: CalendarForm;
  /** All days in view, from `daysInView`. */
  days: readonly string[];
  onShow: (day: string, form: CalendarForm) => void;
  items: readonly T[];
  itemLabel: (item: T) => string;
  renderItem: (item: T) => ReactNode;
  movable: (item: T) => boolean;
  onMove: (item: T, day: string) => void;
  onOpen: (item: T) => void;
  /** Makes a new one on a day. */
  create?: { label: string; onCreate: (day: string) => void };
}

/**
 * Things on their days. Dragged by mouse or touch; by keyboard the arrows move the focus, with Shift the thing: sideways by a day, up and
 * down by a week. On a phone a month shows how full its days are, and the chosen day below.
 */
export function Calendar<T extends CalendarItem>(props: CalendarProps<T>) {
  const { label, day, form, days, onShow, items } = props;
  const box = useRef<HTMLElement>(null);
  const narrow = useNarrow();
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const grouped = useMemo(() => byDay(items), [items]);
  const inOrder = days.flatMap((each) => grouped.get(each) ?? []);
  const stop = inOrder.some(({ id }) => id === focusedId) ? focusedId : inOrder[0]?.id;

  /** An item that was moved by keyboard keeps the focus on its new day. */
  const carried = useRef<{ id: string; day: string } | null>(null);
  useLayoutEffect(() => {
    const to = carried.current;
    if (!to || !grouped.get(to.day)?.some(({ id }) => id === to.id)) return;
    carried.current = null;
    focusItem(box.current, to.id);
  });

  function move(item: T, to: string) {
    if (to !== item.day) props.onMove(item, to);
  }

  function onKeyDown(event: KeyboardEvent, item: T) {
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
    const step = { ArrowLeft: -forward, ArrowRight: forward, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (!step) return;
    event.preventDefault();
    if (event.shiftKey) {
      if (!props.movable(item)) return;
      const to = addDays(item.day, step);
      carried.current = { id: item.id, day: to };
      setFocusedId(item.id);
      setSaid(`${props.itemLabel(item)}: ${formatDate(to)}`);
      move(item, to);
      if (!days.includes(to)) onShow(to, form);
      return;
    }
    const next =
      Math.abs(step) === 7
        ? inOrder[inOrder.findIndex(({ id }) => id === item.id) + Math.sign(step)]
        : nearestDay(inOrder, item, step);
    if (next) focusItem(box.current, next.id);
  }

  const drawItem = (item: T) => (
    <CalendarItemButton
      key={item.id}
      id={item.id}
      label={props.itemLabel(item)}
      movable={props.movable(item)}
      focused={stop === item.id}
      onFocus={() => setFocusedId(item.id)}
      onOpen={() => props.onOpen(item)}
      onKeyDown={(event) => onKeyDown(event, item)}
    >
      {props.renderItem(item)}
    </CalendarItemButton>
  );

  const drawDay = (each: string, heading: ReactNode, most: number, className?: string) => {
    const own = grouped.get(each) ?? [];
    const drawn = own.length > most + 1 ? own.slice(0, most) : own;
    return (
      <CalendarDay
        key={each}
        day={each}
        label={formatDate(each)}
        heading={heading}
        isToday={each === today()}
        outside={form === 'month' && each.slice(0, 7) !== day.slice(0, 7)}
        create={
          props.create && {
            label: `${props.create.label}, ${formatDate(each)}`,
            onCreate: () => props.create?.onCreate(each),
          }
        }
        onDropItem={(id) => {
          const item = items.find((other) => other.id === id);
          if (item) move(item, each);
        }}
        className={className}
      >
        {drawn.map(drawItem)}
        {drawn.length < own.length && (
          <button
            type="button"
            onClick={() => onShow(each, 'week')}
            className="rounded-md px-1.5 text-start text-12 text-muted hover:text-ink"
          >
            {t('{count, number} more', { count: own.length - drawn.length })}
          </button>
        )}
      </CalendarDay>
    );
  };

  return (
    <section ref={box} aria-label={label} className="flex min-h-0 flex-1 flex-col bg-surface">
      <CalendarBar day={day} form={form} onShow={onShow} />
      {narrow && form === 'month' ? (
        <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
          <MonthAtAGlance
            days={days}
            day={day}
            count={(each) => grouped.get(each)?.length ?? 0}
            onChoose={(each) => onShow(each, form)}
          />
          {drawDay(day, formatDate(day), Number.POSITIVE_INFINITY, 'gap-2! p-3!')}
        </div>
      ) : narrow ? (
        <div className="flex min-h-0 flex-1 flex-col divide-y divide-line overflow-y-auto">
          {days.map((each) => drawDay(each, formatDay(each, 'long'), Number.POSITIVE_INFINITY, 'gap-2! p-3!'))}
        </div>
      ) : (
        <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
          <Weekdays days={days.slice(0, 7)} />
          <div className="grid flex-1 auto-rows-[minmax(6.5rem,1fr)] grid-cols-7 gap-px bg-line">
            {days.map((each) =>
              drawDay(each, Number(each.slice(8)), form === 'month' ? shown_in_month_max : Number.POSITIVE_INFINITY),
            )}
          </div>
        </div>
      )}
      <span role="status" className="sr-only">
        {said}
      </span>
    </section>
  );
}

function Weekdays({ days }: { days: readonly string[] }) {
  return (
    <div className="sticky top-0 z-10 grid grid-cols-7 border-b border-line bg-surface">
      {days.map((each) => (
        <span key={each} className="truncate px-2 py-1 text-12 text-muted">
          {formatDay(each, 'short')}
        </span>
      ))}
    </div>
  );
}

interface GlanceProps {
  days: readonly string[];
  day: string;
  count: (day: string) => number;
  onChoose: (day: string) => void;
}

/** A month as small as a phone: a dot says that a day holds something. */
function MonthAtAGlance({ days, day, count, onChoose }: GlanceProps) {
  return (
    <div className="border-b border-line pb-1">
      <Weekdays days={days.slice(0, 7)} />
      <div className="grid grid-cols-7">
        {days.map((each) => (
          <button
            key={each}
            type="button"
            aria-label={`${formatDate(each)}: ${count(each)}`}
            aria-pressed={each === day}
            onClick={() => onChoose(each)}
            className="flex h-11 flex-col items-center justify-center gap-0.5"
          >
            <span
              className={cx(
                'flex size-7 items-center justify-center rounded-full text-13 tabular-nums',
                each === day
                  ? 'bg-accent text-on-accent'
                  : each === today()
                    ? 'font-semibold text-accent-ink'
                    : each.slice(0, 7) === day.slice(0, 7)
                      ? 'text-ink'
                      : 'text-faint',
              )}
            >
              {Number(each.slice(8))}
            </span>
            <span className={cx('size-1 rounded-full', count(each) > 0 && 'bg-accent')} />
          </button>
        ))}
      </div>
    </div>
  );
}

/** The first item of the nearest day that has any, before or after an item's own. */
function nearestDay<T extends CalendarItem>(inOrder: readonly T[], item: T, step: number): T | undefined {
  const other = step > 0 ? inOrder.find(({ day }) => day > item.day) : inOrder.findLast(({ day }) => day < item.day);
  return other && inOrder.find(({ day }) => day === other.day);
}

function focusItem(calendar: HTMLElement | null, id: string) {
  const target = calendar?.querySelector<HTMLElement>(`[data-calendar-item="${id}"]`);
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: 'nearest' });
}
