import { z } from 'zod';
import { boolean, date, longText, records, reference, select, text, time } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { dateText, timeText } from '../../../kernel/contract/time.ts';

export const meetingStatuses = ['confirmed', 'tentative', 'cancelled'] as const;

const shown = { readOnly: true, showsFrom: 'exists' } as const;
const personal = { sensitivity: 'personal', readOnly: true } as const;

/**
 * A meeting in a calendar; of a series each time of it. What others see of it follows from what the owner of the
 * calendar shares.
 */
export const meeting = defineResource({
  name: 'meeting',
  right: 'mailbox',
  plural: 'meetings',
  table: 'meeting',
  title: 'meeting',
  trash: true,
  byDegree: true,
  highVolume: true,
  defaultSort: 'occurred_at',
  timeline: { at: 'occurred_at', person: 'owner_id' },
  staysWithoutRecords: true,
  fields: {
    title: text(1000, { title: 'Title', ...personal }),
    description: longText(20_000, { title: 'Description', ...personal }),
    location: text(1000, { title: 'Where', ...personal }),
    people_text: text(2000, { title: 'People', sensitivity: 'personal', ...shown }),
    occurred_at: time({ title: 'Begins', ...shown }),
    ends_at: time({ title: 'Ends', ...shown }),
    starts_on: date({ title: 'First day', ...shown }),
    ends_on: date({ title: 'Last day', ...shown }),
    is_all_day: boolean({ title: 'All day', ...shown }),
    repeats: boolean({ title: 'Repeats', ...shown }),
    is_moved: boolean({ title: 'Moved from its usual time', ...shown }),
    time_zone: text(200, { title: 'Time zone', ...shown }),
    unknown_time_zone: text(200, { title: 'Unknown time zone', ...shown }),
    status: select(meetingStatuses, { title: 'Status', ...shown }),
    calendar_id: reference('meeting_calendar', { title: 'Calendar', expand: 'calendar', ...shown }),
    owner_id: reference('user_account', { title: 'Who', expand: 'owner', ...shown }),
    records: records({ showsFrom: 'exists' }),
  },
});

const person = z.object({
  name: z.string(),
  address: z.string(),
  answer: z.enum(['accepted', 'declined', 'tentative', 'none']),
  is_organizer: z.boolean(),
});

export const meetingPeople = z
  .object({
    data: z.array(person.extend({ contact: z.object({ id: z.uuid(), name: z.string() }).nullable() })),
    is_writable: z.boolean().describe('The caller may move, change and delete it at its provider'),
  })
  .meta({ id: 'MeetingPeople' });

const invited = z.strictObject({ name: z.string().trim().max(300).default(''), address: z.email().max(254) });

const details = {
  title: z.string().trim().min(1, 'Write what it is about').max(1000),
  description: z.string().max(20_000),
  location: z.string().trim().max(1000),
  starts_at: timeText().describe('Of a meeting with times'),
  ends_at: timeText(),
  starts_on: dateText().describe('Of an all-day meeting; then it has no times'),
  ends_on: dateText().describe('The last day'),
  time_zone: z.string().max(60).describe('By whose clock it is planned; by default that of its maker'),
  people: z.array(invited).max(100),
};

export const meetingCreate = z
  .strictObject({
    ...details,
    description: details.description.default(''),
    location: details.location.default(''),
    starts_at: details.starts_at.optional(),
    ends_at: details.ends_at.optional(),
    starts_on: details.starts_on.optional(),
    ends_on: details.ends_on.optional(),
    time_zone: details.time_zone.optional(),
    people: details.people.default([]),
  })
  .meta({ id: 'MeetingCreate' });
export type MeetingCreate = z.output<typeof meetingCreate>;

export const meetingChange = z
  .strictObject(details)
  .partial()
  .extend({ status: z.enum(['confirmed', 'cancelled']).optional() })
  .meta({ id: 'MeetingChange' });
export type MeetingChange = z.output<typeof meetingChange>;

/** Of a series: this time alone, or all of it. */
export const meetingScope = z.strictObject({ scope: z.enum(['this', 'series']).default('this') });
