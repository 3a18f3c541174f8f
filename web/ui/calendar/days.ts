import { type PlainDate, Temporal } from '../temporal.ts';
import type { Span } from './span.ts';

const days_of_week = 7;
const minutes_of_hour = 60;

/** The day with which weeks begin for readers of a locale: 1 is Monday, as where nobody knows. */
export function firstDayOf(locale: string | undefined): number {
  const { language, region } = new Intl.Locale(locale ?? navigator.language).maximize();
  const known = new Intl.Locale(`${language}-${region}`) as Intl.Locale & { getWeekInfo?: () => { firstDay: number } };
  return known.getWeekInfo?.().firstDay ?? 1;
}

/** The days on screen, in whole weeks: of the month or the week that holds the anchor. */
export function daysOf(span: Span, anchor: string, firstDay: number): string[] {
  const day = Temporal.PlainDate.from(anchor);
  const from = weekOf(span === 'month' ? day.with({ day: 1 }) : day, firstDay);
  const last = weekOf(span === 'month' ? day.with({ day: day.daysInMonth }) : day, firstDay);
  const count = from.until(last).days + days_of_week;
  return Array.from({ length: count }, (_, i) => from.add({ days: i }).toString());
}

const weekOf = (day: PlainDate, firstDay: number) =>
  day.subtract({ days: (day.dayOfWeek - firstDay + days_of_week) % days_of_week });

/** The anchor so many months or weeks later. */
export const shifted = (span: Span, anchor: string, by: number): string =>
  Temporal.PlainDate.from(anchor)
    .add(span === 'month' ? { months: by } : { weeks: by })
    .toString();

/** Midnight of a day as a moment: where clocks skip midnight, the first moment there is. */
export const startOf = (day: string, zone: string): string =>
  Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant().toString();

export const dayAfter = (day: string): string => Temporal.PlainDate.from(day).add({ days: 1 }).toString();

export const mondayAfter = (day: string): string => {
  const date = Temporal.PlainDate.from(day);
  return date.add({ days: days_of_week + 1 - date.dayOfWeek }).toString();
};

export interface DayAndTime {
  day: string;
  /** Since midnight by the clock on the wall; null for what has a day and no time. */
  minutes: number | null;
}

/** Where on the calendar a date or a moment stands, in the zone of the reader. */
export function placeOf(at: string, zone: string): DayAndTime {
  if (at.length === 10) return { day: at, minutes: null };
  const { hour, minute, ...local } = wallOf(at, zone);
  return { day: local.day, minutes: hour * minutes_of_hour + minute };
}

function wallOf(at: string, zone: string) {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(zone);
  return { day: local.toPlainDate().toString(), hour: local.hour, minute: local.minute };
}

/**
 * The same put on another day, or on a day and time. Without a time it keeps its own by the clock on the wall, whatever
 * the clocks do in between; a time that they skip is taken as much later as they skip.
 */
export function movedTo(at: string, to: { day: string; minutes?: number }, zone: string): string {
  if (at.length === 10) return to.day;
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(zone);
  const time =
    to.minutes === undefined
      ? local.toPlainTime()
      : new Temporal.PlainTime(Math.floor(to.minutes / minutes_of_hour), to.minutes % minutes_of_hour);
  return Temporal.PlainDate.from(to.day).toZonedDateTime({ timeZone: zone, plainTime: time }).toInstant().toString();
}

/** So many days and minutes away by calendar and clock; minutes stay within the day. */
export function movedBy(at: string, by: { days?: number; minutes?: number }, zone: string): string {
  const { day, minutes } = placeOf(at, zone);
  const next = Temporal.PlainDate.from(day)
    .add({ days: by.days ?? 0 })
    .toString();
  if (minutes === null || !by.minutes) return movedTo(at, { day: next }, zone);
  return movedTo(at, { day: next, minutes: within(minutes + by.minutes) }, zone);
}

export const minutes_of_day = 24 * minutes_of_hour;
/** What a drag or a key moves by. */
export const step_minutes = 15;

const within = (minutes: number) => Math.max(0, Math.min(minutes_of_day - step_minutes, minutes));

/** The step of the day at a share of its height. */
export const minutesAt = (share: number): number =>
  within(Math.round((share * minutes_of_day) / step_minutes) * step_minutes);
