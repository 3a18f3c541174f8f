import { Temporal } from 'temporal-polyfill';
import type { Rhythm } from './contract.ts';

/** The next time after a moment, by the clock of a zone; an hour that the clocks skip is the one after it. */
export function nextTime(after: Date, rhythm: Rhythm, hour: number, zone: string): Date {
  const now = Temporal.Instant.fromEpochMilliseconds(after.getTime()).toZonedDateTimeISO(zone);
  const today = now.toPlainDate();
  const first = {
    daily: today,
    weekly: today.subtract({ days: today.dayOfWeek - 1 }),
    monthly: today.with({ day: 1 }),
  }[rhythm];
  const step = { daily: { days: 1 }, weekly: { weeks: 1 }, monthly: { months: 1 } }[rhythm];
  for (let day = first; ; day = day.add(step)) {
    const { epochMilliseconds } = day.toZonedDateTime({ timeZone: zone, plainTime: { hour } });
    if (epochMilliseconds > after.getTime()) return new Date(epochMilliseconds);
  }
}
