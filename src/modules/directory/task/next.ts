import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { isTimeInRange } from '../../../kernel/contract/time.ts';

/** A rule that no time fits within so many of its periods has none: Fridays the 13th come within fewer, and leap days within eight years. */
const firstPeriodsMax = (rule: string): number => (rule.includes('FREQ=DAILY') ? 3_000 : 1_000);
/** Between two times of a series: the same date is on the same day of the week within forty years. */
const gap_days_max = 15_000;
/** In all, because each period takes time, and a year more than a day: more than a century. */
const days_max = 50_000;
const period_days: Record<string, number> = { DAILY: 1, WEEKLY: 7, MONTHLY: 28, YEARLY: 365 };

/** By which the database has a task be due on its day. */
const end_of_day = '23:59:59';
const last_moment = '9999-12-31T23:59:59Z';

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

/**
 * When a task that repeats is due again: the first time of its rule (RFC 5545) that is still to come after this one was due. The reminder
 * keeps its distance on the calendar and the clock. Undefined when the series is at its end.
 */
export function nextOf(task: Repeating, now: Temporal.Instant): Next | undefined {
  const zoned = (moment: string) => Temporal.Instant.from(moment).toZonedDateTimeISO(task.zone);
  const ofDay = task.due_on
    ? Temporal.PlainDate.from(task.due_on).toZonedDateTime({ timeZone: task.zone, plainTime: end_of_day })
    : undefined;
  const due = ofDay ?? (task.due_at ? zoned(task.due_at) : now.toZonedDateTimeISO(task.zone));
  const start = task.series_start ? zoned(task.series_start) : due;
  const after = Temporal.Instant.compare(due.toInstant(), now) > 0 ? due.toInstant() : now;
  const next = firstAfter(seriesUntil(task.recurrence, start, after), after);
  // Nothing can be due after the year 9999.
  if (!next || !isTimeInRange(next.toInstant().toString())) return undefined;
  const before = task.remind_at && zoned(task.remind_at).until(due, { largestUnit: 'days' });
  return {
    due_at: next.toInstant().toString(),
    due_on: task.due_on && next.toPlainDate().toString(),
    remind_at: before ? next.subtract(before).toInstant().toString() : null,
    series_start: start.toInstant().toString(),
  };
}

function seriesOf(rule: string, start: Temporal.ZonedDateTime, maxIterations: number): RRuleTemporal {
  return new RRuleTemporal({
    rruleString: `RRULE:${rule}`,
    dtstart: start,
    temporal: Temporal,
    maxIterations,
  });
}

/** Long enough to find the times up to a moment and the one behind it: a series that counts is looked through from its start. */
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

/** The times of a series behind its task and `from`, up to and with `to`, at most so many. */
export function timesBetween(
  task: Repeating,
  from: Temporal.Instant,
  to: Temporal.Instant,
  times_max: number,
): string[] {
  const next = nextOf(task, from);
  if (!next || Temporal.Instant.compare(next.due_at, to) > 0) return [];
  const start = Temporal.Instant.from(next.series_start).toZonedDateTimeISO(task.zone);
  const first = Temporal.Instant.from(next.due_at).toZonedDateTimeISO(task.zone);
  const times = unlessTooLong(() =>
    seriesUntil(task.recurrence, start, to).between(first, to.toZonedDateTimeISO(task.zone), true),
  );
  return (times ?? [first]).slice(0, times_max).map((time) => time.toInstant().toString());
}

/**
 * What a series holds behind the task that is due: its first time, and a rule that counts from there, of whole days or of times on them. Undefined
 * when it ends with the task, or takes too long to count.
 */
export function seriesAfter(
  task: Repeating,
  now: Temporal.Instant,
  wholeDays = task.due_on !== null,
): { start: Temporal.ZonedDateTime; rule: string } | undefined {
  const next = nextOf(task, now);
  if (!next) return undefined;
  const zoned = (moment: string) => Temporal.Instant.from(moment).toZonedDateTimeISO(task.zone);
  const start = zoned(next.due_at);
  const before = /COUNT=/.test(task.recurrence) ? timesBefore(task.recurrence, zoned(next.series_start), start) : 0;
  if (before === undefined) return undefined;
  const parts = task.recurrence.split(';').map((part) => {
    const [name, value = ''] = part.split('=');
    if (name === 'COUNT') return `COUNT=${Number(value) - before}`;
    // The standard wants of the end what the start is: a date, which stands for its whole day, or a moment.
    if (name !== 'UNTIL') return part;
    const end = task.due_on ? dayOfEnd(value, task.zone) : value;
    return `UNTIL=${end.length === 8 && !wholeDays ? endOfDay(end, task.zone) : end}`;
  });
  return { start, rule: parts.join(';') };
}

function timesBefore(rule: string, start: Temporal.ZonedDateTime, before: Temporal.ZonedDateTime): number | undefined {
  const times = unlessTooLong(() => seriesUntil(rule, start, before.toInstant()).between(start, before, true));
  return times?.filter((time) => Temporal.ZonedDateTime.compare(time, before) < 0).length;
}

/** Of `20261224` or `20261224T120000Z` the day. */
function dayOfEnd(until: string, zone: string): string {
  if (until.length === 8) return until;
  return Temporal.Instant.from(until).toZonedDateTimeISO(zone).toPlainDate().toString().replaceAll('-', '');
}

function endOfDay(date: string, zone: string): string {
  const next = Temporal.PlainDate.from(date).add({ days: 1 }).toZonedDateTime(zone).subtract({ seconds: 1 });
  const end = next.toInstant().toString({ smallestUnit: 'second' });
  // West of Greenwich the last day of the calendar ends in a year of five digits, which no rule can name.
  return (isTimeInRange(end) ? end : last_moment).replace(/[-:]/g, '');
}
