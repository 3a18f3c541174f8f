import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';

/** Periods of a rule that are looked through for one that fits: leap days and Fridays the 13th come within fewer. */
const periods_max = 1000;

/** A task that repeats; moments as ISO 8601. */
export interface Repeating {
  recurrence: string;
  due_at: string | null;
  remind_at: string | null;
  series_start: string | null;
  /** Where its assignee lives: the rule is about the clock on that wall. */
  zone: string;
}

export interface Next {
  due_at: string;
  remind_at: string | null;
  series_start: string;
}

/**
 * When a task that repeats is due again: the first time of its rule (RFC 5545) that is still to come after this one was due. The reminder
 * keeps its distance on the calendar and the clock. Undefined when the series is at its end.
 */
export function nextOf(task: Repeating, now: Temporal.Instant): Next | undefined {
  const zoned = (moment: string) => Temporal.Instant.from(moment).toZonedDateTimeISO(task.zone);
  const due = task.due_at ? zoned(task.due_at) : now.toZonedDateTimeISO(task.zone);
  const start = task.series_start ? zoned(task.series_start) : due;
  const after = Temporal.Instant.compare(due.toInstant(), now) > 0 ? due.toInstant() : now;
  const next = firstAfter(task.recurrence, start, after);
  if (!next) return undefined;
  const before = task.remind_at && zoned(task.remind_at).until(due, { largestUnit: 'days' });
  return {
    due_at: next.toInstant().toString(),
    remind_at: before ? next.subtract(before).toInstant().toString() : null,
    series_start: start.toInstant().toString(),
  };
}

function seriesOf(rule: string, start: Temporal.ZonedDateTime, maxIterations = periods_max): RRuleTemporal {
  return new RRuleTemporal({
    rruleString: `RRULE:${rule}`,
    dtstart: start,
    temporal: Temporal,
    maxIterations,
  });
}

/** Undefined also when the rule finds no time that fits for so long that it has none: 30 February. */
function firstAfter(rule: string, start: Temporal.ZonedDateTime, after: Temporal.Instant) {
  try {
    return seriesOf(rule, start).next(new Date(after.epochMilliseconds)) ?? undefined;
  } catch (error) {
    if ((error as Error).message.startsWith('Maximum iterations')) return undefined;
    throw error;
  }
}

/** Whether a rule has any time at all, wherever it may end. */
export function occurs(rule: string, now: Temporal.Instant): boolean {
  const endless = rule
    .split(';')
    .filter((part) => !/^(COUNT|UNTIL)=/.test(part))
    .join(';');
  return firstAfter(endless, now.toZonedDateTimeISO('UTC'), now) !== undefined;
}

/** The times of a series behind `from`, up to and with `to`, at most so many. */
export function timesBetween(
  task: Repeating,
  from: Temporal.Instant,
  to: Temporal.Instant,
  times_max: number,
): string[] {
  const times: string[] = [];
  for (let at = nextOf(task, from); at && times.length < times_max; at = nextOf({ ...task, ...at }, from)) {
    if (Temporal.Instant.compare(at.due_at, to) > 0) break;
    times.push(at.due_at);
  }
  return times;
}

/** Long enough for a series of 999 times, of which each may skip some months. */
const series_periods_max = 10_000;

/** What a series holds behind the task that is due: its first time, and a rule that counts from there. Undefined when it ends with the task. */
export function seriesAfter(
  task: Repeating,
  now: Temporal.Instant,
): { start: Temporal.ZonedDateTime; rule: string } | undefined {
  const next = nextOf(task, now);
  if (!next) return undefined;
  const zoned = (moment: string) => Temporal.Instant.from(moment).toZonedDateTimeISO(task.zone);
  const start = zoned(next.due_at);
  const parts = task.recurrence.split(';').map((part) => {
    const [name, value = ''] = part.split('=');
    if (name === 'COUNT') return `COUNT=${timesFrom(task.recurrence, zoned(next.series_start), start)}`;
    // A date stands for its whole day; beside a start with a time the standard wants a moment.
    if (name === 'UNTIL' && value.length === 8) return `UNTIL=${endOfDay(value, task.zone)}`;
    return part;
  });
  return { start, rule: parts.join(';') };
}

function timesFrom(rule: string, start: Temporal.ZonedDateTime, from: Temporal.ZonedDateTime): number {
  const all = seriesOf(rule, start, series_periods_max).all();
  return all.filter((time) => Temporal.ZonedDateTime.compare(time, from) >= 0).length;
}

function endOfDay(date: string, zone: string): string {
  const next = Temporal.PlainDate.from(date).add({ days: 1 }).toZonedDateTime(zone).subtract({ seconds: 1 });
  return next.toInstant().toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');
}
