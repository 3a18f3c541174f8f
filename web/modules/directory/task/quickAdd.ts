import { Temporal } from 'temporal-polyfill';
import { t } from '../../../text/text.ts';
import { formatWeekday, today, weekdayNames } from '../../../ui/format.ts';
import { isDay } from '../../../ui/isDay.ts';
import { fromTyped } from '../../../ui/zoned.ts';

/** The end of a day of work: when what is due "today" is due. */
const evening = '17:00';
/** Said later than that, it is still due on that day. */
const midnight = '23:59';

interface QuickTask {
  title: string;
  due_at: string;
  /** The word that was understood as a day; null when it is today's for want of one. */
  word: string | null;
}

/**
 * A task as typed in one line. Its last word may be the day: today, tomorrow, a weekday (the next of that name) or a date such as
 * 2026-11-20. Nothing else is guessed. `literal` keeps that word in the title.
 */
export function understand(typed: string, literal: boolean, now = Date.now()): QuickTask | null {
  const words = typed.trim().split(/\s+/);
  const last = words.at(-1) ?? '';
  const day = literal || words.length < 2 ? null : dayNamed(last, now);
  const title = (day ? words.slice(0, -1) : words).join(' ');
  if (title === '') return null;
  const on = day ?? today(now);
  const later = fromTyped(`${on}T${evening}`)!;
  const due_at = Date.parse(later) > now ? later : fromTyped(`${on}T${midnight}`)!;
  return { title, due_at, word: day ? last : null };
}

function dayNamed(word: string, now: number): string | null {
  const name = word.toLocaleLowerCase();
  const day = Temporal.PlainDate.from(today(now));
  if (name === t('today')) return day.toString();
  if (name === t('tomorrow')) return day.add({ days: 1 }).toString();
  const weekday = weekdayNames().findIndex((names) => names.includes(name)) + 1;
  if (weekday > 0) return day.add({ days: ((weekday - day.dayOfWeek + 6) % 7) + 1 }).toString();
  return isDay(word) ? word : null;
}

/** "Fri, 2026-11-27", so that nobody has to guess what was understood. */
export const dayShown = (due_at: string): string => {
  const day = today(Date.parse(due_at));
  return `${formatWeekday(day)}, ${day}`;
};
