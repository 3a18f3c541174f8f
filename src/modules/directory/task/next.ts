import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { isTimeInRange } from '../../../kernel/contract/time.ts';

/**
 * A rule that no time fits within so many of its periods has none: Fridays the 13th come within fewer, and leap days
 * within eight years.
 */
const firstPeriodsMax = (rule: string): number => (rule.includes('FREQ=DAILY') ? 3_000 : 1_000);
/** Between two times of a series: the same date is on the same day of the week within forty years. */
const gap_days_max = 15_000;
/** In all, because each period takes time, and a year more than a day: more than a century. */
const days_max = 50_000;
const period_days: Record<string, number> = { DAILY: 1, WEEKLY: 7, MONTHLY: 28, YEARLY: 365 };

/** The time at which a task that is due on a day is due, as in the database. */
const end_of_day = '23:59:59';
const last_moment = '9999-12-31T23:59:59Z';
/** Of it `due_at` would be beyond the calendar in some zones: no task is due on it. */
const last_day = '9999-12-31';

/** A task that repeats; moments as ISO 8601. */
export interface Repeating {
  recurrence: string;
  due_at: string | null;
  /** The day, when it is due at no particular time. */
  due_on: string | null;
  remind_at: string | null;
  series_start: string | null;
  /** Where its assignee lives: the rule is about the clock on that wall. */
  zone: string;
}

export interface Next {
  due_at: string;
  due_on: string | null;
  remind_at: string | null;
  series_start: string;
}

/** A series by the calendar and the clock on the wall, counted in UTC, where no clock is ever changed. */
interface Series {
  rule: string;
  start: Temporal.ZonedDateTime;
  /** When its present task is due. */
  due: Temporal.ZonedDateTime;
}

/** What the clock on the wall shows, as if it were one of UTC. */
const wall = (moment: string | Temporal.Instant, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.from(moment).toZonedDateTimeISO(zone).toPlainDateTime().toZonedDateTime('UTC');

/**
 * When the clock of a zone shows this. What an hour that spring skips would have held happens as that hour ends, as in
 * calendars.
 */
function atClock(time: Temporal.PlainDateTime, zone: string): Temporal.ZonedDateTime {
  const zoned = time.toZonedDateTime(zone);
  if (zoned.toPlainDateTime().equals(time)) return zoned;
  return time.toZonedDateTime(zone, { disambiguation: 'earlier' }).getTimeZoneTransition('next') ?? zoned;
}

/** The end of a day. */
const endIn = (zone: string, day: Temporal.PlainDate) => day.toZonedDateTime({ timeZone: zone, plainTime: end_of_day });

/**
 * A series of days goes by the calendar alone, so that it keeps its days wherever its assignee lives or moves, and
 * whoever ticks it off.
 */
function seriesBy(task: Repeating, now: Temporal.Instant): Series {
  const { recurrence, due_at, due_on, series_start, zone } = task;
  if (due_on === null) {
    const due = wall(due_at ?? now, zone);
    const start = series_start ? wall(series_start, zone) : due;
    const rule = recurrence.replace(/UNTIL=(\d{8})T(\d\d)(\d\d)(\d\d)Z/, (_, day: string, ...time: string[]) => {
      const until = wall(`${day.replace(/(....)(..)/, '$1-$2-')}T${time.slice(0, 3).join(':')}Z`, zone);
      return `UNTIL=${until.toInstant().toString({ smallestUnit: 'second' }).replace(/[-:]/g, '')}`;
    });
    return { rule: inEachPeriod(rule, start), start, due };
  }
  const due = endIn('UTC', Temporal.PlainDate.from(due_on));
  const rule = recurrence.replace(/UNTIL=([^;]+)/, (_, until: string) => `UNTIL=${dayOfEnd(until, zone)}T235959Z`);
  const start = series_start ? Temporal.Instant.from(series_start).toZonedDateTimeISO('UTC') : due;
  return { rule: inEachPeriod(rule, start), start, due };
}

/**
 * By RFC 5545 alone, "every month" since a 31st leaves out five months, and "every year" since a leap day three years
 * of four. Such a series is due on the last day instead, unless its rule itself names days.
 */
function inEachPeriod(rule: string, { month, day }: Temporal.ZonedDateTime): string {
  if (/\bBY[A-Z]+=/.test(rule)) return rule;
  if (rule.includes('FREQ=MONTHLY') && day === 31) return `${rule};BYMONTHDAY=-1`;
  return rule.includes('FREQ=YEARLY') && month === 2 && day === 29 ? `${rule};BYMONTH=2;BYMONTHDAY=-1` : rule;
}

/** A time of a series, as the database has it of a task; undefined where it is beyond the calendar. */
function dueTime(task: Repeating, time: Temporal.ZonedDateTime): Pick<Next, 'due_at' | 'due_on'> | undefined {
  const day = task.due_on === null ? null : time.toPlainDate();
  const due_at = (day ? endIn(task.zone, day) : atClock(time.toPlainDateTime(), task.zone)).toInstant().toString();
  const due_on = day?.toString() ?? null;
  return isTimeInRange(due_at) && due_on !== last_day ? { due_at, due_on } : undefined;
}

/**
 * When a task that repeats is due again: the first time of its rule (RFC 5545) that is still to come after this one was
 * due. The reminder keeps its distance on the calendar and the clock. Undefined when the series is at its end.
 */
export function nextOf(task: Repeating, now: Temporal.Instant): Next | undefined {
  const series = seriesBy(task, now);
  const time = nextTime(task, series, now);
  const next = time && dueTime(task, time);
  if (!next) return undefined;
  const { start, due } = series;
  const zoned = (moment: string) => Temporal.Instant.from(moment).toZonedDateTimeISO(task.zone);
  const dueHere = task.due_on === null ? zoned(task.due_at ?? now.toString()) : endIn(task.zone, due.toPlainDate());
  const first = task.due_on === null ? atClock(start.toPlainDateTime(), task.zone) : start;
  const before = task.remind_at && zoned(task.remind_at).until(dueHere, { largestUnit: 'days' });
  return {
    ...next,
    remind_at: before ? zoned(next.due_at).subtract(before).toInstant().toString() : null,
    series_start: first.toInstant().toString(),
  };
}

/** The next time of a series on the clock on the wall. Where an hour comes twice, its times are those of the first. */
function nextTime(
  task: Repeating,
  { rule, start, due }: Series,
  now: Temporal.Instant,
): Temporal.ZonedDateTime | undefined {
  const present = wall(now, task.zone);
  const after = (Temporal.ZonedDateTime.compare(due, present) > 0 ? due : present).toInstant();
  const series = seriesUntil(rule, start, after);
  const time = firstAfter(series, after);
  const isOver =
    time &&
    task.due_on === null &&
    Temporal.Instant.compare(atClock(time.toPlainDateTime(), task.zone).toInstant(), now) <= 0;
  return isOver ? firstAfter(series, time.toInstant()) : time;
}

function seriesOf(rule: string, start: Temporal.ZonedDateTime, maxIterations: number): RRuleTemporal {
  return new RRuleTemporal({
    rruleString: `RRULE:${rule}`,
    dtstart: start,
    temporal: Temporal,
    maxIterations,
  });
}

/**
 * Long enough to find the times up to a moment and the one behind it: a series that counts is looked through from its
 * start.
 */
function seriesUntil(rule: string, start: Temporal.ZonedDateTime, until: Temporal.Instant): RRuleTemporal {
  const parts = Object.fromEntries(rule.split(';').map((part) => part.split('=') as [string, string]));
  const days = Math.max(start.toInstant().until(until).total('hours') / 24, 0);
  const ofRule = period_days[parts.FREQ!]!;
  const periods = days / (ofRule * Number(parts.INTERVAL ?? 1)) + gap_days_max / ofRule;
  return seriesOf(rule, start, Math.ceil(Math.min(periods, days_max / ofRule)));
}

const firstAfter = (series: RRuleTemporal, after: Temporal.Instant): Temporal.ZonedDateTime | undefined =>
  unlessTooLong(() => series.next(new Date(after.epochMilliseconds)) ?? undefined);

/** Undefined when the library has looked through as many periods as it may. */
function unlessTooLong<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if ((error as Error).message.startsWith('Maximum ')) return undefined;
    throw error;
  }
}

/** Whether a rule has any time at all, wherever it may end. */
export function occurs(rule: string, now: Temporal.Instant): boolean {
  const endless = rule
    .split(';')
    .filter((part) => !/^(COUNT|UNTIL)=/.test(part))
    .join(';');
  return firstAfter(seriesOf(endless, now.toZonedDateTimeISO('UTC'), firstPeriodsMax(rule)), now) !== undefined;
}

/** When the tasks behind one of a series are due, behind `from` as well, up to and with `to`, at most so many. */
export function timesBetween(
  task: Repeating,
  from: Temporal.Instant,
  to: Temporal.Instant,
  times_max: number,
): Pick<Next, 'due_at' | 'due_on'>[] {
  const series = seriesBy(task, from);
  const first = nextTime(task, series, from);
  const next = first && dueTime(task, first);
  if (!next || Temporal.Instant.compare(next.due_at, to) > 0) return [];
  const last = wall(to, task.zone);
  const times = unlessTooLong(() =>
    seriesUntil(series.rule, series.start, last.toInstant()).between(first, last, true),
  );
  return (times ?? [first]).slice(0, times_max).flatMap((time) => dueTime(task, time) ?? []);
}

/**
 * What a series holds behind the task that is due: its first time, and a rule that counts from there, of whole days or
 * of times on them. Undefined when it ends with the task, or takes too long to count.
 */
export function seriesAfter(
  task: Repeating,
  now: Temporal.Instant,
  wholeDays = task.due_on !== null,
): { start: Temporal.ZonedDateTime; rule: string } | undefined {
  const series = seriesBy(task, now);
  const time = nextTime(task, series, now);
  const next = time && dueTime(task, time);
  if (!next) return undefined;
  const start = Temporal.Instant.from(next.due_at).toZonedDateTimeISO(task.zone);
  const before = /COUNT=/.test(series.rule) ? timesBefore(series, time) : 0;
  if (before === undefined) return undefined;
  const parts = inEachPeriod(task.recurrence, series.start)
    .split(';')
    .map((part) => {
      const [name, value = ''] = part.split('=');
      if (name === 'COUNT') return `COUNT=${Number(value) - before}`;
      // The standard wants of the end what the start is: a date, which stands for its whole day, or a moment.
      if (name !== 'UNTIL') return part;
      const end = task.due_on ? dayOfEnd(value, task.zone) : value;
      return `UNTIL=${end.length === 8 && !wholeDays ? endOfDay(end, task.zone) : end}`;
    });
  // The same in words that all calendars read: some, such as those on ical.js, take the first part without the second.
  const rule = parts.join(';').replace('BYMONTHDAY=28,29,30,31;BYSETPOS=-1', 'BYMONTHDAY=-1');
  return { start, rule };
}

function timesBefore({ rule, start }: Series, end: Temporal.ZonedDateTime): number | undefined {
  const times = unlessTooLong(() => seriesUntil(rule, start, end.toInstant()).between(start, end, true));
  return times?.filter((time) => Temporal.ZonedDateTime.compare(time, end) < 0).length;
}

/** The day of `20261224` or `20261224T120000Z`. */
function dayOfEnd(until: string, zone: string): string {
  if (until.length === 8) return until;
  const day = Temporal.Instant.from(until).toZonedDateTimeISO(zone).toPlainDate();
  // East of Greenwich the calendar goes on for some hours, in a year of five digits, which no rule can name.
  return (day.year > 9999 ? last_day : day.toString()).replaceAll('-', '');
}

function endOfDay(date: string, zone: string): string {
  const next = Temporal.PlainDate.from(date).add({ days: 1 }).toZonedDateTime(zone).subtract({ seconds: 1 });
  const end = next.toInstant().toString({ smallestUnit: 'second' });
  // West of Greenwich the last day of the calendar ends in a year of five digits, which no rule can name.
  return (isTimeInRange(end) ? end : last_moment).replace(/[-:]/g, '');
}
