import { Temporal } from 'temporal-polyfill';
import type { PeriodUnit, Range } from '../figures/contract.ts';

const periods_max = 400;

export interface Period {
  from: string;
  to: string;
}
export interface Days {
  from?: string | undefined;
  to?: string | undefined;
}

const lengths: Record<PeriodUnit, Temporal.DurationLike> = {
  day: { days: 1 }, week: { weeks: 1 }, month: { months: 1 }, quarter: { months: 3 }, year: { years: 1 },
}; // biome-ignore format: a list of lengths

/** The first day of the period that a day lies in; weeks begin on Monday. */
function startOf(day: Temporal.PlainDate, unit: PeriodUnit): Temporal.PlainDate {
  switch (unit) {
    case 'day':
      return day;
    case 'week':
      return day.subtract({ days: day.dayOfWeek - 1 });
    case 'month':
      return day.with({ day: 1 });
    case 'quarter':
      return day.with({ month: Math.floor((day.month - 1) / 3) * 3 + 1, day: 1 });
    case 'year':
      return day.with({ month: 1, day: 1 });
  }
}

/** The days between which all are: those that the database takes and that are written with four digits of a year. */
const first_day = '0001-01-01';
export const last_day = '9999-12-31';

function lastDay(start: Temporal.PlainDate, unit: PeriodUnit): string {
  const last = start.add(lengths[unit]).subtract({ days: 1 });
  return last.year > 9999 ? last_day : last.toString();
}

/** Whether days are more than those of one period. */
export function areSeveralPeriods({ from, to }: Period, unit: PeriodUnit): boolean {
  const [first, last] = [from, to].map((day) => startOf(Temporal.PlainDate.from(day), unit));
  return !first!.equals(last!);
}

/** So many periods later. */
const several = (start: Temporal.PlainDate, count: number, unit: PeriodUnit): Temporal.PlainDate =>
  start.add(Object.fromEntries(Object.entries(lengths[unit]).map(([name, value]) => [name, value * count])));

/** From the period that starts with the first day to the one that starts with the last. */
function periodsBetween(first: Temporal.PlainDate, last: Temporal.PlainDate, unit: PeriodUnit): Period[] {
  const periods: Period[] = [];
  for (let start = first; Temporal.PlainDate.compare(start, last) <= 0; start = start.add(lengths[unit]))
    periods.push({ from: start.toString(), to: lastDay(start, unit) });
  return periods;
}

/**
 * Where there are too many periods, so many of those before today are shown one by one: of what is expected few, of
 * what was most.
 */
const past_periods = { expected: 40, past: 360 };

/**
 * The periods from that of the first to that of the last of the given days, without gaps. Where there are too many,
 * those around today: what lies before and after them is one period each, so that nothing is left out, and no day that
 * somebody writes hides the others.
 */
export function periodsAround(
  today: string,
  days: string[],
  unit: PeriodUnit,
  about: keyof typeof past_periods,
): Period[] {
  if (days.length === 0) return [];
  const sorted = days.toSorted();
  const first = startOf(Temporal.PlainDate.from(sorted[0]!), unit);
  const last = startOf(Temporal.PlainDate.from(sorted.at(-1)!), unit);
  const least = (...some: Temporal.PlainDate[]) => some.sort(Temporal.PlainDate.compare)[0]!;
  const wanted = least(
    several(startOf(Temporal.PlainDate.from(today), unit), -past_periods[about], unit),
    several(last, 1 - periods_max, unit),
  );
  const begin = Temporal.PlainDate.compare(wanted, first) > 0 ? wanted : first;
  const end = least(last, several(begin, periods_max - 1, unit));
  const around = periodsBetween(begin, end, unit);
  return [
    ...(begin === first ? [] : [{ from: first.toString(), to: begin.subtract({ days: 1 }).toString() }]),
    ...around,
    ...(end === last ? [] : [{ from: dayAfter(around.at(-1)!.to), to: lastDay(last, unit) }]),
  ];
}

/** The period that a day lies in, by its first day. */
export const placeAmong = (periods: readonly Period[], day: string): string =>
  periods.findLast(({ from }) => from <= day)!.from;

/** The part of a period that lies within the days asked for. */
export function clipped(period: Period, within: Days): Period {
  return {
    from: within.from !== undefined && within.from > period.from ? within.from : period.from,
    to: within.to !== undefined && within.to < period.to ? within.to : period.to,
  };
}

/** The days of a range. One that is not over ends today. */
export function daysOf(range: Range, today: string): Days {
  const now = Temporal.PlainDate.from(today);
  if (range === 'all') return {};
  if (range === 'last_30_days' || range === 'last_90_days') {
    const days = range === 'last_30_days' ? 29 : 89;
    return { from: now.subtract({ days }).toString(), to: today };
  }
  if (range === 'last_12_months') return { from: startOf(now, 'month').subtract({ months: 11 }).toString(), to: today };
  const [which, unit] = range.split('_') as ['this' | 'last', PeriodUnit];
  const start = startOf(now, unit);
  if (which === 'this') return { from: start.toString(), to: today };
  return { from: start.subtract(lengths[unit]).toString(), to: start.subtract({ days: 1 }).toString() };
}

/**
 * When a day begins somewhere; where clocks change at midnight, at the first moment that is of it. The first of all
 * days begins with time itself.
 */
export const beginningOf = (day: string, zone: string): string =>
  day === first_day ? `${day}T00:00:00Z` : Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant().toString();

export const dayAfter = (day: string): string => Temporal.PlainDate.from(day).add({ days: 1 }).toString();

/**
 * The day that a moment is of. Of moments that lie in the year 0 or 10000 somewhere, the first or the last of all days.
 */
export function dayOf(at: string, zone: string): string {
  const day = Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDate();
  if (day.year < 1) return first_day;
  return day.year > 9999 ? last_day : day.toString();
}

export const todayIn = (zone: string): string => Temporal.Now.plainDateISO(zone).toString();
