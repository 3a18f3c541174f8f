import { Temporal } from 'temporal-polyfill';

/** How much a calendar shows at a time. */
export type CalendarForm = 'month' | 'week';

export interface CalendarItem {
  id: string;
  /** The calendar day it stands on, `2026-11-20`. */
  day: string;
  /** Its order within the day, e.g. a time; those without come first. */
  order?: string;
}

/** 1 is Monday, as the reader's country begins its weeks. */
export function firstWeekday(locale: string | undefined): number {
  const { language, region } = new Intl.Locale(locale ?? navigator.language).maximize();
  const info = new Intl.Locale(`${language}-${region}`) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  return (info.getWeekInfo?.() ?? info.weekInfo)?.firstDay ?? 1;
}

/** The days in view: one week, or the weeks that the month of `day` touches. */
export function daysInView(day: string, form: CalendarForm, weekStart: number): string[] {
  const date = Temporal.PlainDate.from(day);
  const first = startOfWeek(form === 'month' ? date.with({ day: 1 }) : date, weekStart);
  const end = form === 'month' ? date.with({ day: date.daysInMonth }) : date;
  const last = startOfWeek(end, weekStart).add({ days: 6 });
  const count = first.until(last).days + 1;
  return Array.from({ length: count }, (_, index) => first.add({ days: index }).toString());
}

function startOfWeek(date: Temporal.PlainDate, weekStart: number): Temporal.PlainDate {
  return date.subtract({ days: (date.dayOfWeek - weekStart + 7) % 7 });
}

export const addDays = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString();

/** The same day one month or week on, or back. */
export function turn(day: string, form: CalendarForm, by: 1 | -1): string {
  const step = form === 'month' ? { months: by } : { weeks: by };
  return Temporal.PlainDate.from(day).add(step).toString();
}

export function byDay<T extends CalendarItem>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const sorted = items.toSorted((a, b) => (a.order ?? '').localeCompare(b.order ?? ''));
  return Map.groupBy(sorted, ({ day }) => day);
}
