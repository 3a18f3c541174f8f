import { Temporal } from 'temporal-polyfill';
import { type Part, type Property, text } from './jcal.ts';

/** Twice a year in most zones; some change four times, around Ramadan. */
const changes_max = 200;

/** A zone as calendars want it described: each change of its clocks between two times (RFC 5545, section 3.6.5). */
export function zonePart(zone: string, from: Temporal.Instant, to: Temporal.Instant): Part {
  const epoch = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
  let at: Temporal.ZonedDateTime | null = from.toZonedDateTimeISO(zone).getTimeZoneTransition('previous') ?? epoch;
  const parts: Part[] = [];
  while (at && Temporal.Instant.compare(at.toInstant(), to) < 0 && parts.length < changes_max) {
    parts.push(observance(at));
    at = at.getTimeZoneTransition('next');
  }
  return ['vtimezone', [text('tzid', zone)], parts];
}

/** From a change of the clocks on, which is named by what they showed before it. */
function observance(at: Temporal.ZonedDateTime): Part {
  const before = at.subtract({ seconds: 1 });
  const shown = at.toInstant().toZonedDateTimeISO(before.offset).toPlainDateTime();
  const offset = (name: string, value: string): Property => [name, {}, 'utc-offset', value];
  return [
    at.offsetNanoseconds > before.offsetNanoseconds ? 'daylight' : 'standard',
    [
      ['dtstart', {}, 'date-time', shown.toString({ smallestUnit: 'second' })],
      offset('tzoffsetfrom', before.offset),
      offset('tzoffsetto', at.offset),
    ],
    [],
  ];
}
