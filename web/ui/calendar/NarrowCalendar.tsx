import { Plus } from 'lucide-react';
import { useRef } from 'react';
import { t } from '../../text/text.ts';
import { cx } from '../cx.ts';
import { formatDay } from '../format.ts';
import { IconButton } from '../IconButton.tsx';
import { ItemButton } from './ItemButton.tsx';
import type { CalendarItem } from './item.ts';
import { type DayItems, type GridProps, WeekdayHeads } from './MonthGrid.tsx';
import type { Span } from './span.ts';
import { useDrop } from './useDrop.ts';

interface NarrowCalendarProps<T extends CalendarItem> extends GridProps<T> {
  span: Span;
  month: string;
  /** In a month the day whose items are shown. */
  anchor: string;
  onPick: (day: string) => void;
}

/** Where there is no room for columns: a month as small days above those of one of them, a week as a list. */
export function NarrowCalendar<T extends CalendarItem>(props: NarrowCalendarProps<T>) {
  const { span, days, month, anchor, today, onPick } = props;
  const chosen = days.find(({ day }) => day === anchor) ?? days[0];
  return (
    <>
      {span === 'month' && (
        <>
          <WeekdayHeads days={days.slice(0, 7).map(({ day }) => day)} />
          <ol className="grid grid-cols-7 border-b border-line">
            {days.map((entry) => (
              <SmallDay
                key={entry.day}
                {...entry}
                today={today}
                outside={!entry.day.startsWith(month)}
                chosen={entry === chosen}
                onPick={() => onPick(entry.day)}
                onPut={props.onPut}
              />
            ))}
          </ol>
        </>
      )}
      <ol className="flex flex-col gap-4 p-3">
        {(span === 'month' && chosen ? [chosen] : days).map((entry) => (
          <AgendaDay key={entry.day} {...entry} {...props} />
        ))}
      </ol>
    </>
  );
}

const dots_max = 3;

interface SmallDayProps<T extends CalendarItem> extends DayItems<T>, Pick<GridProps<T>, 'today' | 'onPut'> {
  outside: boolean;
  chosen: boolean;
  onPick: () => void;
}

function SmallDay<T extends CalendarItem>(props: SmallDayProps<T>) {
  const { day, items, today, outside, chosen, onPick, onPut } = props;
  const cell = useRef<HTMLLIElement>(null);
  const { over } = useDrop(cell, { onDrop: (id) => onPut(id, { day }) });
  return (
    <li ref={cell} className={cx(over && 'bg-accent-soft')}>
      <button
        type="button"
        data-calendar-day={day}
        aria-pressed={chosen}
        aria-label={t('{day}, {count, plural, =0 {nothing} one {# entry} other {# entries}}', {
          day: formatDay(day),
          count: items.length,
        })}
        className="flex h-12 w-full flex-col items-center gap-1 pt-1"
        onClick={onPick}
      >
        <span
          className={cx(
            'inline-flex size-7 items-center justify-center rounded-full text-13 tabular-nums',
            chosen ? 'bg-accent font-semibold text-on-accent' : outside ? 'text-faint' : 'text-ink',
            day === today && !chosen && 'font-semibold text-accent-ink',
          )}
        >
          {Number(day.slice(-2))}
        </span>
        <span className="flex gap-0.5">
          {items.slice(0, dots_max).map(({ id }) => (
            <span key={id} className="size-1 rounded-full bg-control" />
          ))}
        </span>
      </button>
    </li>
  );
}

function AgendaDay<T extends CalendarItem>(props: DayItems<T> & GridProps<T>) {
  const { day, items, today, handling, onPut, onAdd } = props;
  const cell = useRef<HTMLLIElement>(null);
  const { over } = useDrop(cell, { onDrop: (id) => onPut(id, { day }) });
  return (
    <li ref={cell} className={cx('flex flex-col gap-1.5 rounded-md', over && 'bg-accent-soft')}>
      <div className="flex items-center justify-between">
        <h2 className={cx('text-13', day === today && 'text-accent-ink')}>{formatDay(day)}</h2>
        {onAdd && (
          <IconButton label={t('Add on {day}', { day: formatDay(day) })} onClick={() => onAdd({ day })}>
            <Plus size={14} />
          </IconButton>
        )}
      </div>
      {items.map((item) => (
        <ItemButton key={item.id} item={item} handling={handling} />
      ))}
      {items.length === 0 && <p className="text-13 text-faint">{t('Nothing')}</p>}
    </li>
  );
}
