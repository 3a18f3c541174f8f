import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';

/** Wall-clock times of one zone as moments. */
export interface Zone {
  /** As IANA or the calendar itself names it. */
  id: string;
  /** The name that nobody knows, where `id` stands in for it. */
  unknown: string | null;
  toInstant(wall: ICAL.Time): string;
  toWall(instant: string): ICAL.Time;
}

/** What Windows calls zones, in calendars that do not describe them. */
const windowsNames: Readonly<Record<string, string>> = {
  'AUS Eastern Standard Time': 'Australia/Sydney',
  'Arabian Standard Time': 'Asia/Dubai',
  'Argentina Standard Time': 'America/Buenos_Aires',
  'Central Europe Standard Time': 'Europe/Budapest',
  'Central European Standard Time': 'Europe/Warsaw',
  'Central Standard Time': 'America/Chicago',
  'China Standard Time': 'Asia/Shanghai',
  'E. South America Standard Time': 'America/Sao_Paulo',
  'Eastern Standard Time': 'America/New_York',
  'FLE Standard Time': 'Europe/Kiev',
  'GMT Standard Time': 'Europe/London',
  'GTB Standard Time': 'Europe/Bucharest',
  'Greenwich Standard Time': 'Atlantic/Reykjavik',
  'India Standard Time': 'Asia/Kolkata',
  'Israel Standard Time': 'Asia/Jerusalem',
  'Korea Standard Time': 'Asia/Seoul',
  'Mountain Standard Time': 'America/Denver',
  'New Zealand Standard Time': 'Pacific/Auckland',
  'Pacific Standard Time': 'America/Los_Angeles',
  'Romance Standard Time': 'Europe/Paris',
  'Russian Standard Time': 'Europe/Moscow',
  'Singapore Standard Time': 'Asia/Singapore',
  'South Africa Standard Time': 'Africa/Johannesburg',
  'Tokyo Standard Time': 'Asia/Tokyo',
  'Turkey Standard Time': 'Europe/Istanbul',
  UTC: 'UTC',
  'W. Europe Standard Time': 'Europe/Berlin',
};

const isKnown = (id: string): boolean => {
  try {
    Temporal.Now.instant().toZonedDateTimeISO(id);
    return true;
  } catch {
    return false;
  }
};

const wallText = (time: ICAL.Time): string =>
  [
    [time.year, time.month, time.day].map((part, at) => String(part).padStart(at === 0 ? 4 : 2, '0')).join('-'),
    [time.hour, time.minute, time.second].map((part) => String(part).padStart(2, '0')).join(':'),
  ].join('T');

export const floating = (date: Temporal.PlainDateTime): ICAL.Time =>
  new ICAL.Time(
    {
      year: date.year,
      month: date.month,
      day: date.day,
      hour: date.hour,
      minute: date.minute,
      second: date.second,
      isDate: false,
    },
    ICAL.Timezone.localTimezone,
  );

/**
 * A time that the clocks skip is as much later as they skip; of one that comes twice the first is meant (RFC 5545,
 * section 3.3.5).
 */
const ianaZone = (id: string, unknown: string | null = null): Zone => ({
  id,
  unknown,
  toInstant: (wall) => Temporal.PlainDateTime.from(wallText(wall)).toZonedDateTime(id).toInstant().toString(),
  toWall: (instant) => floating(Temporal.Instant.from(instant).toZonedDateTimeISO(id).toPlainDateTime()),
});

/** A zone that the calendar describes itself. */
function describedZone(component: ICAL.Component, id: string): Zone {
  const zone = new ICAL.Timezone({ component, tzid: id });
  return {
    id,
    unknown: null,
    toInstant: (wall) => {
      const time = new ICAL.Time({ ...parts(wall), isDate: false }, zone);
      return new Date(time.toUnixTime() * 1000).toISOString();
    },
    toWall: (instant) => {
      const time = ICAL.Time.fromJSDate(new Date(instant), true).convertToZone(zone);
      return new ICAL.Time({ ...parts(time), isDate: false }, ICAL.Timezone.localTimezone);
    },
  };
}

const parts = ({ year, month, day, hour, minute, second }: ICAL.Time) => ({ year, month, day, hour, minute, second });

/**
 * The zone that a calendar names: by IANA's list, by what Windows calls it, by the description in the calendar; else
 * the one that is given instead, which then names what is unknown.
 */
export function zoneOf(tzid: string, calendar: ICAL.Component, instead: string): Zone {
  // Some programs put a path before the name: /freeassociation.sourceforge.net/Europe/Berlin.
  const bare = tzid.replace(/^\/[^/]+\/(?:\d+_\d+\/)?/, '');
  const id = [tzid, bare, windowsNames[tzid]].find((one) => one && isKnown(one));
  if (id) return ianaZone(id);
  const description = calendar
    .getAllSubcomponents('vtimezone')
    .find((one) => one.getFirstPropertyValue('tzid') === tzid && one.getAllSubcomponents().length > 0);
  return description ? describedZone(description, tzid) : ianaZone(instead, tzid.slice(0, 200));
}

export const utc: Zone = ianaZone('UTC');
export const localZone = (id: string): Zone => ianaZone(isKnown(id) ? id : 'UTC');
