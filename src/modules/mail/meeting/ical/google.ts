import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { ParseError } from '../../../../kernel/parsing/parse-error.ts';
import { textOfHtml } from '../../html-text.ts';
import { type GoogleEvent, type GoogleTime, zoneOfTime } from '../google-event.ts';
import { floating } from './zones.ts';

const answers = { accepted: 'ACCEPTED', declined: 'DECLINED', tentative: 'TENTATIVE', needsAction: 'NEEDS-ACTION' };
/** What Google names as the organizer of events in calendars that are nobody's own. */
const group_calendar = '@group.calendar.google.com';

/**
 * The event of a series with its changed times, or one event, as an item of iCalendar; undefined for times that were
 * cancelled of a series that is not here.
 */
export function icalOfGoogle(texts: readonly string[]): string | undefined {
  const events = texts.map(parseEvent);
  const [series] = events.filter(({ recurringEventId }) => !recurringEventId);
  const shown = events.filter(({ recurringEventId, status }) => !recurringEventId || status !== 'cancelled');
  if (shown.length === 0) return undefined;
  const calendar = new ICAL.Component('vcalendar');
  const uid = series?.id ?? shown[0]!.recurringEventId ?? shown[0]!.id;
  for (const event of shown) calendar.addSubcomponent(componentOf(event, uid));
  const [master] = calendar.getAllSubcomponents('vevent');
  if (series && master)
    for (const event of events)
      if (!shown.includes(event) && event.originalStartTime)
        master.addProperty(timeProperty('exdate', event.originalStartTime));
  return calendar.toString();
}

function parseEvent(text: string): GoogleEvent {
  try {
    return JSON.parse(text) as GoogleEvent;
  } catch {
    throw new ParseError('not_an_event', 'It is no event of Google that can be read');
  }
}

function componentOf(event: GoogleEvent, uid: string): ICAL.Component {
  const { summary, description, location, start, end, originalStartTime, recurringEventId, status, visibility } = event;
  const component = new ICAL.Component('vevent');
  const add = (name: string, value: string | undefined) => value && component.addPropertyWithValue(name, value);
  add('uid', uid);
  add('summary', summary);
  add('description', description && plainText(description));
  add('location', location);
  add('status', status?.toUpperCase());
  if (visibility === 'private' || visibility === 'confidential') add('class', visibility.toUpperCase());
  if (start) component.addProperty(timeProperty('dtstart', start));
  if (end) component.addProperty(timeProperty('dtend', end));
  if (recurringEventId && originalStartTime) component.addProperty(timeProperty('recurrence-id', originalStartTime));
  for (const line of event.recurrence ?? []) component.addProperty(ICAL.Property.fromString(line));
  addPeople(component, event);
  return component;
}

function addPeople(component: ICAL.Component, { organizer, attendees = [] }: GoogleEvent): void {
  const people = attendees.filter(({ email, resource }) => email && !resource);
  if (people.length > 0 && organizer?.email && !organizer.email.endsWith(group_calendar))
    addPerson(component, 'organizer', organizer);
  for (const person of people)
    addPerson(component, 'attendee', person).setParameter('partstat', answers[person.responseStatus ?? 'needsAction']);
}

function addPerson(
  component: ICAL.Component,
  name: string,
  { email, displayName }: { email?: string; displayName?: string },
): ICAL.Property {
  const property = component.addPropertyWithValue(name, `mailto:${email}`);
  if (displayName) property.setParameter('cn', displayName.replace(/[\p{Cc}"]/gu, ' '));
  return property;
}

/** A day, or a time by the clock of its zone. */
function timeProperty(name: string, time: GoogleTime): ICAL.Property {
  const property = new ICAL.Property(name);
  if (time.date) {
    property.resetType('date');
    property.setValue(ICAL.Time.fromDateString(time.date));
    return property;
  }
  const zone = zoneOfTime(time);
  const at = Temporal.Instant.from(time.dateTime ?? '').toZonedDateTimeISO(zone);
  const wall = floating(at.toPlainDateTime());
  if (zone === 'UTC') wall.zone = ICAL.Timezone.utcTimezone;
  else property.setParameter('tzid', zone);
  property.setValue(wall);
  return property;
}

const plainText = (description: string): string =>
  /<\/?[a-z][^<>]*>/i.test(description) ? textOfHtml(description) : description;
