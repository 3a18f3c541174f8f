import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';

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
  const rule = new RRuleTemporal({ rruleString: `RRULE:${task.recurrence}`, dtstart: start, temporal: Temporal });
  const next = rule.next(new Date(after.epochMilliseconds));
  if (!next) return undefined;
  const before = task.remind_at && zoned(task.remind_at).until(due, { largestUnit: 'days' });
  return {
    due_at: next.toInstant().toString(),
    remind_at: before ? next.subtract(before).toInstant().toString() : null,
    series_start: start.toInstant().toString(),
  };
}
