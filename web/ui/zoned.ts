import { zoneOfReader } from './format.ts';
import { Temporal } from './temporal.ts';

/** A moment as `<input type="datetime-local">` wants it, in the zone in which the page shows it. */
export function toTyped(moment: string | null): string {
  if (!moment) return '';
  const local = Temporal.Instant.from(moment).toZonedDateTimeISO(zoneOfReader()).toPlainDateTime();
  return local.toString({ smallestUnit: 'minute' });
}

/**
 * The moment that was typed; one that a change of the clocks skips is taken an hour later. Null where it is none, or
 * not yet.
 */
export function fromTyped(typed: string): string | null {
  try {
    return Temporal.PlainDateTime.from(typed).toZonedDateTime(zoneOfReader()).toInstant().toString();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
