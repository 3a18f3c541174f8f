import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { storableText } from '../../../../kernel/database/text.ts';
import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import { localZone, utc, type Zone, zoneOf } from './zones.ts';

/** When a newer one reads more of an item, what is stored is read again. */
export const parser_version = 1;

export interface Person {
  name: string;
  address: string;
  answer: 'accepted' | 'declined' | 'tentative' | 'none';
  is_organizer: boolean;
}

/** A meeting, or one time of a series. */
export interface Occurrence {
  /** Which time of a series it is, by its first plan; empty for what does not repeat. */
  occurrence: string;
  title: string;
  description: string;
  location: string;
  people: Person[];
  starts_at: string;
  ends_at: string;
  /** Of all-day ones; the last day included. */
  starts_on: string | null;
  ends_on: string | null;
  time_zone: string | null;
  unknown_time_zone: string | null;
  status: 'confirmed' | 'tentative' | 'cancelled';
  is_private: boolean;
  is_moved: boolean;
}

export interface Expanded {
  uid: string;
  is_series: boolean;
  occurrences: Occurrence[];
  /** The window holds more than are shown. */
  is_cut: boolean;
}

export interface ExpandInput {
  ics: string;
  /** Series are written out between these moments. */
  from: string;
  to: string;
  /** The zone of times without one. */
  zone: string;
}

export const occurrences_max = 1000;
/** More steps than a daily series has taken since 1900; a series by the second ends here. */
const steps_max = 50_000;
const people_max = 500;

/**
 * What an item of a calendar says: each meeting, and of a series each time within the window, with what was changed of
 * single times.
 */
export function expand({ ics, from, to, zone: instead }: ExpandInput): Expanded {
  const calendar = read(ics);
  const events = calendar.getAllSubcomponents('vevent');
  const uid = text(events[0], 'uid', 1000);
  const ofUid = events.filter((event) => text(event, 'uid', 1000) === uid);
  const master = ofUid.find((event) => !event.hasProperty('recurrence-id'));
  const changed = ofUid.filter((event) => event.hasProperty('recurrence-id'));
  if (ofUid.length === 0) throw new ParseError('no_event', 'There is no meeting in this item of the calendar');
  const zones = new Zones(calendar, instead);
  if (!master)
    return { uid, is_series: true, is_cut: false, occurrences: changed.map((event) => changedOne(event, zones)) };
  const start = zones.startOf(master);
  const isSeries = ['rrule', 'rdate'].some((name) => master.hasProperty(name));
  if (!isSeries && changed.length === 0)
    return { uid, is_series: false, is_cut: false, occurrences: [occurrenceOf(master, start, zones, { key: '' })] };
  return { uid, is_series: true, ...series({ master, changed, start, zones }, from, to) };
}

function read(ics: string): ICAL.Component {
  try {
    const parsed = ICAL.parse(ics);
    const [first] = Array.isArray(parsed[0]) ? parsed : [parsed];
    return new ICAL.Component(first as unknown[]);
  } catch (error) {
    throw new ParseError(
      'not_a_calendar',
      `It is no calendar that can be read: ${(error as Error).message.slice(0, 200)}`,
    );
  }
}

/** When something begins: its wall-clock time, or its day. */
interface Start {
  wall: ICAL.Time;
  zone: Zone;
  isDay: boolean;
}

/** The zones of one calendar. */
export class Zones {
  private readonly calendar: ICAL.Component;
  private readonly instead: string;
  private readonly known = new Map<string, Zone>();

  constructor(calendar: ICAL.Component, instead: string) {
    this.calendar = calendar;
    this.instead = instead;
  }

  /** Times without a zone are of the clock on the wall of whoever reads them. */
  get local(): Zone {
    return localZone(this.instead);
  }

  private zoneOf(property: ICAL.Property): Zone {
    const time = property.getFirstValue() as ICAL.Time;
    const tzid = property.getParameter('tzid');
    if (typeof tzid !== 'string') return time.zone?.tzid === 'UTC' ? utc : this.local;
    const zone = this.known.get(tzid) ?? zoneOf(tzid, this.calendar, this.local.id);
    this.known.set(tzid, zone);
    return zone;
  }

  startOf(event: ICAL.Component): Start {
    return this.timeOf(event, 'dtstart') ?? refuse('This meeting has no beginning');
  }

  timeOf(event: ICAL.Component, name: string): Start | undefined {
    const property = event.getFirstProperty(name);
    const value = property?.getFirstValue();
    if (!property || !(value instanceof ICAL.Time)) return undefined;
    return { wall: plain(value), zone: this.zoneOf(property), isDay: value.isDate };
  }

  /** All times of a property, by the clock of a series. */
  wallsOf(event: ICAL.Component, name: string, { zone, isDay }: Start): ICAL.Time[] {
    return event.getAllProperties(name).flatMap((property) =>
      property.getValues().flatMap((value) => {
        const time = value instanceof ICAL.Period ? value.start : value;
        if (!(time instanceof ICAL.Time)) return [];
        if (isDay || time.isDate) return [plain(time)];
        const own = this.zoneOf(property);
        return [own.id === zone.id ? plain(time) : zone.toWall(own.toInstant(plain(time)))];
      }),
    );
  }
}

const refuse = (message: string): never => {
  throw new ParseError('no_time', message);
};

/** Without its zone, which stands beside it. */
const plain = ({ year, month, day, hour, minute, second, isDate }: ICAL.Time): ICAL.Time => {
  if (year < 1 || year > 9998) refuse('This meeting is in a year that no calendar shows');
  return new ICAL.Time({ year, month, day, hour, minute, second, isDate }, ICAL.Timezone.localTimezone);
};

const dayOf = ({ year, month, day }: ICAL.Time) => new Temporal.PlainDate(year, month, day);
const keyOf = (wall: ICAL.Time, isDay: boolean): string =>
  isDay ? dayOf(wall).toString() : wall.toString().replace(/Z$/, '');

interface Series {
  master: ICAL.Component;
  changed: readonly ICAL.Component[];
  start: Start;
  zones: Zones;
}

function series({ master, changed, start, zones }: Series, from: string, to: string) {
  const { zone, isDay } = start;
  const changes = new Map(
    changed.map((event) => {
      const [at] = zones.wallsOf(event, 'recurrence-id', start);
      return [at ? keyOf(at, isDay) : '', event] as const;
    }),
  );
  const left = new Set(zones.wallsOf(master, 'exdate', start).map((wall) => keyOf(wall, isDay)));
  const { walls, isCut } = timesOf({ master, start, zones }, from, to);
  const found: Occurrence[] = [];
  for (const [key, wall] of walls) {
    if (left.has(key) || changes.has(key)) continue;
    found.push(occurrenceOf(master, { wall, zone, isDay }, zones, { key, length: lengthOf(master, start, zones) }));
  }
  // What was moved counts where it is now.
  for (const event of changes.values()) {
    const one = changedOne(event, zones, start);
    if (one.ends_at >= from && one.starts_at <= to) found.push(one);
  }
  found.sort((a, b) => a.starts_at.localeCompare(b.starts_at));
  return { occurrences: found.slice(0, occurrences_max), is_cut: isCut || found.length > occurrences_max };
}

/** The times of a series within a window, by the clock of its zone, before any was changed. */
function timesOf({ master, start, zones }: Omit<Series, 'changed'>, from: string, to: string) {
  const { zone, wall: first, isDay } = start;
  const [begin, end] = [zone.toWall(from), zone.toWall(to)];
  // Whoever is in a meeting at the beginning of the window sees it.
  const { instants = 0, days = 0 } = lengthOf(master, start, zones);
  begin.adjust(-Math.ceil(days + instants / 86_400_000) - 1, 0, 0, 0);
  const walls = new Map<string, ICAL.Time>();
  const add = (wall: ICAL.Time) => {
    if (wall.compare(begin) >= 0 && wall.compare(end) <= 0) walls.set(keyOf(wall, isDay), wall);
  };
  add(first);
  for (const wall of zones.wallsOf(master, 'rdate', start)) add(wall);
  let steps = 0;
  let isCut = false;
  for (const property of master.getAllProperties('rrule')) {
    const rule = (property.getFirstValue() as ICAL.Recur).clone();
    // Its end is a moment; here all is by the clock of the zone.
    if (rule.until && !rule.until.isDate && !isDay) rule.until = zone.toWall(utc.toInstant(plain(rule.until)));
    else if (rule.until) rule.until = plain(rule.until);
    const times = rule.iterator(first);
    for (let wall = times.next(); wall; wall = times.next()) {
      if (wall.compare(end) > 0) break;
      add(plain(wall));
      steps++;
      if (steps > steps_max || walls.size > occurrences_max) {
        isCut = true;
        break;
      }
    }
  }
  return { walls, isCut };
}

/** How long something takes: exactly, or in days of the calendar (RFC 5545, section 3.8.5.3). */
interface Length {
  instants?: number;
  days?: number;
}

function lengthOf(event: ICAL.Component, start: Start, zones: Zones): Length {
  const end = zones.timeOf(event, 'dtend');
  if (end && start.isDay && end.isDay) return { days: Math.max(1, dayOf(start.wall).until(dayOf(end.wall)).days) };
  if (end) {
    const took = Date.parse(end.zone.toInstant(end.wall)) - Date.parse(start.zone.toInstant(start.wall));
    return { instants: Math.max(0, took) };
  }
  const duration = event.getFirstPropertyValue('duration');
  if (duration instanceof ICAL.Duration) {
    const { weeks, days, hours, minutes, seconds, isNegative } = duration;
    if (isNegative) return start.isDay ? { days: 1 } : { instants: 0 };
    const nominal = weeks * 7 + days;
    return {
      days: start.isDay ? Math.max(1, nominal) : nominal,
      instants: ((hours * 60 + minutes) * 60 + seconds) * 1000,
    };
  }
  return start.isDay ? { days: 1 } : { instants: 0 };
}

/** One time of a series that was changed, which names which one it was. */
function changedOne(event: ICAL.Component, zones: Zones, ofSeries?: Start): Occurrence {
  const own = zones.startOf(event);
  const [planned] = zones.wallsOf(event, 'recurrence-id', ofSeries ?? own);
  const key = planned ? keyOf(planned, (ofSeries ?? own).isDay) : '';
  const one = occurrenceOf(event, own, zones, { key });
  const was = planned && (ofSeries ?? own).zone.toInstant(planned);
  return { ...one, is_moved: was !== undefined && Date.parse(was) !== Date.parse(one.starts_at) };
}

interface Which {
  key: string;
  /** Of a series, as its first time takes; else as it says itself. */
  length?: Length;
}

function occurrenceOf(event: ICAL.Component, start: Start, zones: Zones, { key, length }: Which): Occurrence {
  const { wall, zone, isDay } = start;
  const { instants = 0, days = 0 } = length ?? lengthOf(event, start, zones);
  const local = zones.local;
  const wallEnd = wall.clone();
  wallEnd.adjust(days, 0, 0, 0);
  const starts_at = (isDay ? local : zone).toInstant(wall);
  const ends_at = new Date(
    Date.parse((isDay ? local : zone).toInstant(wallEnd)) + (isDay ? 0 : instants),
  ).toISOString();
  const status = text(event, 'status', 20).toLowerCase();
  return {
    occurrence: key,
    title: text(event, 'summary', 1000),
    description: text(event, 'description', 20_000),
    location: text(event, 'location', 1000),
    people: peopleOf(event),
    starts_at: new Date(starts_at).toISOString(),
    ends_at,
    starts_on: isDay ? dayOf(wall).toString() : null,
    ends_on: isDay
      ? dayOf(wall)
          .add({ days: Math.max(1, days) - 1 })
          .toString()
      : null,
    time_zone: isDay ? null : zone.id.slice(0, 200),
    unknown_time_zone: isDay ? null : zone.unknown,
    status: status === 'cancelled' ? 'cancelled' : status === 'tentative' ? 'tentative' : 'confirmed',
    is_private: ['PRIVATE', 'CONFIDENTIAL'].includes(text(event, 'class', 20).toUpperCase()),
    is_moved: false,
  };
}

function peopleOf(event: ICAL.Component): Person[] {
  const people = new Map<string, Person>();
  for (const name of ['organizer', 'attendee'] as const)
    for (const property of event.getAllProperties(name).slice(0, people_max)) {
      const address = addressOf(property);
      if (!address) continue;
      const before = people.get(address);
      const called = property.getParameter('cn');
      people.set(address, {
        name: storableText(typeof called === 'string' ? called : (before?.name ?? ''), 300),
        address,
        answer: name === 'attendee' ? answerOf(property) : (before?.answer ?? 'none'),
        is_organizer: name === 'organizer' || before?.is_organizer === true,
      });
    }
  return [...people.values()].slice(0, people_max);
}

/** Of `mailto:` addresses; some programs give the address as a parameter. */
function addressOf(property: ICAL.Property): string | undefined {
  const value = String(property.getFirstValue() ?? '');
  const email = property.getParameter('email');
  const address = /^mailto:/i.test(value) ? value.slice(7) : typeof email === 'string' ? email : '';
  const plainText = storableText(address.trim().toLowerCase(), 320);
  return plainText.includes('@') ? plainText : undefined;
}

function answerOf(property: ICAL.Property): Person['answer'] {
  switch (String(property.getParameter('partstat') ?? '').toUpperCase()) {
    case 'ACCEPTED':
      return 'accepted';
    case 'DECLINED':
      return 'declined';
    case 'TENTATIVE':
      return 'tentative';
    default:
      return 'none';
  }
}

function text(event: ICAL.Component | undefined, name: string, max: number): string {
  const value = event?.getFirstPropertyValue(name);
  return value === null || value === undefined ? '' : storableText(String(value), max);
}
