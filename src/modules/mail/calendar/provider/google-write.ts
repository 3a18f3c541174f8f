import { Temporal } from 'temporal-polyfill';
import { invalidField } from '../../../../kernel/errors/problem.ts';
import {
  type GoogleAttendee,
  type GoogleEvent,
  type GoogleTime,
  type Wanted,
  zoneOfTime,
} from '../../meeting/index.ts';
import type { KnownEvent, NewEvent } from './provider.ts';

type Patch = Omit<Partial<GoogleEvent>, 'id' | 'etag'>;

export const newEventOf = ({ wanted, zone }: NewEvent): Patch => ({
  summary: wanted.title ?? '',
  ...(wanted.description && { description: wanted.description }),
  ...(wanted.location && { location: wanted.location }),
  ...timesOf(wanted, zone),
  ...(wanted.people && wanted.people.length > 0 && { attendees: wanted.people.map(attendeeOf) }),
});

/**
 * What is to be changed of an event; what somebody left as they saw it stays as it is there, such as a description in
 * HTML.
 */
export function patchOf(wanted: Wanted, seen: KnownEvent, event: GoogleEvent, zone: string): Patch {
  const { title, description, location, status } = wanted;
  if (status === 'cancelled')
    throw invalidField('status', 'deleted_there', 'At Google a meeting that is cancelled is deleted. Delete it.');
  const { timeZone } = event.start ?? {};
  return {
    ...(title !== undefined && title !== seen.title && { summary: title }),
    ...(description !== undefined && description !== seen.description && { description }),
    ...(location !== undefined && location !== seen.location && { location }),
    ...(status && status !== event.status && { status }),
    ...timesOf(wanted, timeZone ? zoneOfTime(event.start) : zone),
    ...(wanted.people && attendeesOf(event, wanted.people)),
  };
}

/** A time takes the place of a day, and the other way round. */
function timesOf({ starts_on, ends_on, starts_at, ends_at }: Wanted, timeZone: string): Patch {
  const day = (date: string): GoogleTime => ({ date, dateTime: null, timeZone: null });
  const time = (dateTime: string): GoogleTime => ({ date: null, dateTime, timeZone });
  if (starts_on) {
    const last = Temporal.PlainDate.from(ends_on ?? starts_on).add({ days: 1 });
    return { start: day(starts_on), end: day(last.toString()) };
  }
  return starts_at && ends_at ? { start: time(starts_at), end: time(ends_at) } : {};
}

const attendeeOf = ({ name, address }: { name: string; address: string }): GoogleAttendee => ({
  email: address,
  ...(name && { displayName: name }),
});

/** Those who were there already keep their answers; whoever invites, rooms and things stay. */
function attendeesOf({ attendees = [] }: GoogleEvent, people: NonNullable<Wanted['people']>): Patch {
  const wanted = new Map(people.map((one) => [one.address.toLowerCase(), one]));
  const left = attendees.filter(
    ({ email = '', organizer, resource }) => wanted.delete(email.toLowerCase()) || organizer || resource,
  );
  if (left.length === attendees.length && wanted.size === 0) return {};
  return { attendees: [...left, ...[...wanted.values()].map(attendeeOf)] };
}
