import { type ComponentProps, useRef } from 'react';
import { t } from '../../text/text.ts';
import { cx } from '../cx.ts';
import { formatDay, formatWeekday } from '../format.ts';
import { ItemButton, type ItemHandling } from './ItemButton.tsx';
import type { CalendarItem } from './item.ts';
import type { Span } from './span.ts';
import { useDrop } from './useDrop.ts';

export interface DayItems<T> {
  day: string;
  items: T[];
}

export interface GridProps<T extends CalendarItem> {
  days: readonly DayItems<T>[];
  today: string;
  handling: ItemHandling<T>;
  onPut: (id: string, to: PutTo) => void;
  onAdd?: (to: { day: string; minutes?: number }) => void;
}

/** A day, and perhaps the minute of it; null takes away the time there was. */
export interface PutTo {
  day: string;
  minutes?: number | null;
}

/** Of a day with more than this, one less and a button for the others. */
const items_shown_max = 4;
export const shownOf = <T,>(items: readonly T[]): readonly T[] =>
  items.length > items_shown_max ? items.slice(0, items_shown_max - 1) : items;

interface MonthGridProps<T extends CalendarItem> extends GridProps<T> {
  span: Span;
  month: string;
  onShowDay: (day: string) => void;
}

/** Weeks below each other, each day with what it holds. */
export function MonthGrid<T extends CalendarItem>({ days, month, ...rest }: MonthGridProps<T>) {
  return (
    <div className="flex min-h-full flex-col">
      <WeekdayHeads days={days.slice(0, 7).map(({ day }) => day)} />
      <ol className="grid flex-1 auto-rows-[minmax(7.5rem,1fr)] grid-cols-7 border-s border-line">
        {days.map(({ day, items }) => (
          <MonthDay
            key={day}
            day={day}
            items={items}
            outside={rest.span === 'month' && !day.startsWith(month)}
            {...rest}
          />
        ))}
      </ol>
    </div>
  );
}

export function WeekdayHeads({ days }: { days: readonly string[] }) {
  return (
    <div aria-hidden="true" className="grid grid-cols-7 border-b border-line text-12 text-muted">
      {days.map((day) => (
        <span key={day} className="truncate px-2 py-1.5 max-md:text-center">
          {formatWeekday(day)}
        </span>
      ))}
    </div>
  );
}

interface MonthDayProps<T extends CalendarItem> extends Omit<MonthGridProps<T>, 'days' | 'month'>, DayItems<T> {
  outside: boolean;
}

function MonthDay<T extends CalendarItem>(props: MonthDayProps<T>) {
  const { day, items, span, outside, today, handling, onPut, onAdd, onShowDay } = props;
  const cell = useRef<HTMLLIElement>(null);
  const { over } = useDrop(cell, { onDrop: (id) => onPut(id, { day }) });
  const shown = span === 'month' ? shownOf(items) : items;
  return (
    <li
      ref={cell}
      className={cx(
        'flex min-w-0 flex-col gap-1 border-e border-b border-line p-1',
        outside && 'bg-sunken',
        over && 'bg-accent-soft outline-2 -outline-offset-2 outline-accent',
      )}
    >
      <DayNumber day={day} today={today} faint={outside} onAdd={onAdd} />
      {shown.map((item) => (
        <ItemButton key={item.id} item={item} handling={handling} />
      ))}
      {shown.length < items.length && (
        <MoreButton day={day} count={items.length - shown.length} onClick={() => onShowDay(day)} />
      )}
    </li>
  );
}

interface MoreButtonProps extends ComponentProps<'button'> {
  day: string;
  /** Of those not shown; without any, those that were are hidden again. */
  count: number;
}

export function MoreButton({ day, count, ...rest }: MoreButtonProps) {
  return (
    <button
      type="button"
      data-calendar-day={day}
      aria-label={
        count > 0
          ? t('{count, number} more on {day}', { count, day: formatDay(day) })
          : t('Show fewer on {day}', { day: formatDay(day) })
      }
      className="h-6 shrink-0 truncate rounded-sm px-1.5 text-start text-12 text-muted hover:bg-hover hover:text-ink"
      {...rest}
    >
      {count > 0 ? t('{count, number} more', { count }) : t('Show fewer')}
    </button>
  );
}

interface DayNumberProps {
  day: string;
  today: string;
  faint?: boolean;
  onAdd?: (to: { day: string }) => void;
}

/** The number of a day; with `onAdd` a button that makes something new there. */
function DayNumber({ day, today, faint, onAdd }: DayNumberProps) {
  const className = cx(
    'inline-flex size-6 shrink-0 items-center justify-center rounded-full text-12 tabular-nums',
    day === today ? 'bg-accent font-semibold text-on-accent' : faint ? 'text-faint' : 'text-muted',
  );
  const number = Number(day.slice(-2));
  if (!onAdd)
    return (
      <time dateTime={day} className={className}>
        {number}
      </time>
    );
  return (
    <button
      type="button"
      aria-label={t('Add on {day}', { day: formatDay(day) })}
      aria-current={day === today ? 'date' : undefined}
      className={cx(className, day !== today && 'hover:bg-hover hover:text-ink')}
      onClick={() => onAdd({ day })}
    >
      {number}
    </button>
  );
}
