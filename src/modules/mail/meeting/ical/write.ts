import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import { Zones } from './expand.ts';
import { floating, type Zone } from './zones.ts';

/** What somebody wants of a meeting; what is not named stays as it is. */
export interface Wanted {
  title?: string | undefined;
  description?: string | undefined;
  location?: string | undefined;
  starts_at?: string | undefined;
  ends_at?: string | undefined;
  starts_on?: string | undefined;
  ends_on?: string | undefined;
  people?: readonly { name: string; address: string }[] | undefined;
  status?: 'confirmed' | 'cancelled' | undefined;
}

export type WriteInput =
  /** `described`: the zone as calendars want it described, in jCal. */
  | { is: 'new'; uid: string; zone: string; described: unknown; organizer: string | null; wanted: Wanted }
  /** `occurrence`: of a series that time alone; null: the whole item. `remove`: that time is left out. */
  | { is: 'change'; ics: string; zone: string; occurrence: string | null; wanted: Wanted; remove?: boolean };

/** The text of an item with what somebody wants of it; whatever else stands in it stays. */
export const parse = (input: WriteInput): string => (input.is === 'new' ? made(input) : changed(input));

function made({ uid, zone, described, organizer, wanted }: Extract<WriteInput, { is: 'new' }>): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//Holdfast//EN');
  if (described) calendar.addSubcomponent(new ICAL.Component(described as unknown[]));
  const event = new ICAL.Component('vevent');
  event.addPropertyWithValue('uid', uid);
  calendar.addSubcomponent(event);
  const people = wanted.people ?? [];
  write(event, wanted, { id: zone, wallOf: (instant) => wallIn(instant, zone) });
  if (organizer && people.length > 0) event.addPropertyWithValue('organizer', `mailto:${organizer}`);
  return textOf(calendar, event);
}

const wallIn = (instant: string, zone: string): ICAL.Time =>
  floating(Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime());

function changed({ ics, zone, occurrence, wanted, remove }: Extract<WriteInput, { is: 'change' }>): string {
  const calendar = new ICAL.Component(ICAL.parse(ics) as unknown[]);
  const zones = new Zones(calendar, zone);
  const events = calendar.getAllSubcomponents('vevent');
  const master = events.find((event) => !event.hasProperty('recurrence-id'));
  const first = master ?? events[0];
  if (!first) throw new ParseError('no_event', 'There is no meeting in this item of the calendar');
  const own = occurrence === null ? first : events.find((event) => occurrenceIn(event, first, zones) === occurrence);
  if (remove) {
    if (own && own !== master) calendar.removeSubcomponent(own);
    if (master && occurrence !== null) leaveOut(master, occurrence);
    return textOf(calendar, first);
  }
  const event = own ?? single(calendar, first, occurrence!);
  write(event, wanted, clockOf(event, zones));
  return textOf(calendar, event);
}

/** Which time of the series a changed one is. */
function occurrenceIn(event: ICAL.Component, master: ICAL.Component, zones: Zones): string | undefined {
  if (!event.hasProperty('recurrence-id')) return undefined;
  const start = zones.startOf(master.hasProperty('recurrence-id') ? event : master);
  const [wall] = zones.wallsOf(event, 'recurrence-id', start);
  return wall && (start.isDay ? wall.toString().slice(0, 10) : wall.toString().replace(/Z$/, ''));
}

/** A time of a series as one of its own, which begins as the series says. */
function single(calendar: ICAL.Component, master: ICAL.Component, occurrence: string): ICAL.Component {
  const event = new ICAL.Component(JSON.parse(JSON.stringify(master.jCal)) as unknown[]);
  for (const name of ['rrule', 'rdate', 'exdate', 'exrule']) event.removeAllProperties(name);
  const start = master.getFirstProperty('dtstart')!;
  const end = master.getFirstProperty('dtend');
  const [from, to] = [start.getFirstValue() as ICAL.Time, end?.getFirstValue() as ICAL.Time | undefined];
  const begins = sameKind(ICAL.Time.fromString(occurrence, undefined as never), from);
  setTime(event, 'recurrence-id', begins, start.getParameter('tzid'));
  setTime(event, 'dtstart', begins, start.getParameter('tzid'));
  if (end && to) {
    const ends = begins.clone();
    ends.addDuration(to.subtractDate(from));
    setTime(event, 'dtend', ends, end.getParameter('tzid'));
  }
  calendar.addSubcomponent(event);
  return event;
}

function leaveOut(master: ICAL.Component, occurrence: string): void {
  const start = master.getFirstProperty('dtstart')!;
  const time = sameKind(ICAL.Time.fromString(occurrence, undefined as never), start.getFirstValue() as ICAL.Time);
  const property = new ICAL.Property('exdate');
  if (time.isDate) property.resetType('date');
  const tzid = start.getParameter('tzid');
  if (typeof tzid === 'string') property.setParameter('tzid', tzid);
  property.setValue(time);
  master.addProperty(property);
}

/** A day where the series has days, and UTC where it is in UTC. */
const sameKind = (time: ICAL.Time, like: ICAL.Time): ICAL.Time =>
  new ICAL.Time(
    {
      year: time.year,
      month: time.month,
      day: time.day,
      hour: time.hour,
      minute: time.minute,
      second: time.second,
      isDate: like.isDate,
    },
    like.zone?.tzid === 'UTC' ? ICAL.Timezone.utcTimezone : ICAL.Timezone.localTimezone,
  );

interface Clock {
  id: string;
  wallOf: (instant: string) => ICAL.Time;
}

/** By which clock a meeting is planned: it stays so. One whose zone nobody knows is written in UTC. */
function clockOf(event: ICAL.Component, zones: Zones): Clock {
  const tzid = event.getFirstProperty('dtstart')?.getParameter('tzid');
  const { zone, isDay }: { zone: Zone; isDay: boolean } = zones.startOf(event);
  if (isDay || typeof tzid !== 'string' || zone.unknown)
    return { id: 'UTC', wallOf: (instant) => wallIn(instant, 'UTC') };
  return { id: tzid, wallOf: (instant) => zone.toWall(instant) };
}

function write(event: ICAL.Component, wanted: Wanted, clock: Clock): void {
  const { title, description, location, starts_at, ends_at, starts_on, ends_on, people, status } = wanted;
  if (title !== undefined) event.updatePropertyWithValue('summary', title);
  for (const [name, value] of Object.entries({ description, location }))
    if (value === '') event.removeAllProperties(name);
    else if (value !== undefined) event.updatePropertyWithValue(name, value);
  if (starts_on) {
    event.removeAllProperties('duration');
    setTime(event, 'dtstart', ICAL.Time.fromDateString(starts_on));
    const last = Temporal.PlainDate.from(ends_on ?? starts_on).add({ days: 1 });
    setTime(event, 'dtend', ICAL.Time.fromDateString(last.toString()));
  } else if (starts_at && ends_at) {
    event.removeAllProperties('duration');
    for (const [name, at] of [
      ['dtstart', starts_at],
      ['dtend', ends_at],
    ] as const) {
      const wall = clock.wallOf(at);
      const isUtc = clock.id === 'UTC';
      setTime(
        event,
        name,
        isUtc ? sameKind(wall, ICAL.Time.fromJSDate(new Date(at), true)) : wall,
        isUtc ? undefined : clock.id,
      );
    }
  }
  if (status) event.updatePropertyWithValue('status', status.toUpperCase());
  if (people) writePeople(event, people);
  const now = ICAL.Time.fromJSDate(new Date(), true);
  event.updatePropertyWithValue('dtstamp', now);
  event.updatePropertyWithValue('last-modified', now);
  event.updatePropertyWithValue('sequence', Number(event.getFirstPropertyValue('sequence') ?? -1) + 1);
}

/** Those who were there already keep their answers. */
function writePeople(event: ICAL.Component, people: NonNullable<Wanted['people']>): void {
  const addressIn = (property: ICAL.Property) =>
    String(property.getFirstValue())
      .replace(/^mailto:/i, '')
      .toLowerCase();
  const wanted = new Map(people.map((one) => [one.address.toLowerCase(), one]));
  const organizer = event.getFirstProperty('organizer');
  for (const property of event.getAllProperties('attendee')) {
    const address = addressIn(property);
    // Whoever invites takes part without being asked.
    if (!wanted.delete(address) && !(organizer && addressIn(organizer) === address)) event.removeProperty(property);
  }
  for (const [address, { name }] of wanted) {
    const property = new ICAL.Property('attendee');
    property.setValue(`mailto:${address}`);
    if (name) property.setParameter('cn', name.replace(/[\p{Cc}"]/gu, ' '));
    property.setParameter('partstat', 'NEEDS-ACTION');
    property.setParameter('rsvp', 'TRUE');
    event.addProperty(property);
  }
}

function setTime(event: ICAL.Component, name: string, time: ICAL.Time, tzid?: string | string[]): void {
  event.removeAllProperties(name);
  const property = new ICAL.Property(name);
  if (time.isDate) property.resetType('date');
  property.setValue(time);
  if (typeof tzid === 'string' && !time.isDate) property.setParameter('tzid', tzid);
  event.addProperty(property);
}

function textOf(calendar: ICAL.Component, event: ICAL.Component): string {
  if (!event.hasProperty('dtstart')) throw new ParseError('no_time', 'Say when it begins and ends');
  return `${calendar.toString()}\r\n`;
}
