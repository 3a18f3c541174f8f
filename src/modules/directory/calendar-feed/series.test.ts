import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { nextOf } from '../task/next.ts';
import { type FeedTask, taskParts } from './entries.ts';
import { writeParts } from './jcal.ts';
import { zonePart } from './zone.ts';

/** Within the years ahead for which the zone is described. */
const times_compared = 8;
const rule = fc.oneof(
  fc.constantFrom(
    'FREQ=DAILY',
    'FREQ=WEEKLY;BYDAY=MO,TH',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR',
    'FREQ=MONTHLY',
    'FREQ=MONTHLY;BYMONTHDAY=-1',
    'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1;COUNT=6',
    'FREQ=MONTHLY;BYDAY=-1FR',
    'FREQ=MONTHLY;INTERVAL=3',
    'FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
    'FREQ=DAILY;COUNT=9',
    'FREQ=WEEKLY;BYDAY=MO,TU;COUNT=7',
    'FREQ=MONTHLY;BYDAY=2TU;COUNT=5',
    'FREQ=DAILY;UNTIL=20261105',
    'FREQ=WEEKLY;UNTIL=20270401T120000Z',
  ),
);
/** Clocks that change at midnight, twice around Ramadan, by half an hour, and not at all. */
const zone = fc.constantFrom(
  'Europe/Berlin',
  'Africa/Cairo',
  'America/Santiago',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Asia/Tokyo',
  'UTC',
);

test('another reader of the feed counts a series as we do', () => {
  const start = Temporal.PlainDate.from('2026-10-12');
  fc.assert(
    fc.property(
      rule,
      zone,
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 3, max: 22 }),
      (recurrence, where, days, hour) => {
        const due = start.add({ days }).toPlainDateTime({ hour }).toZonedDateTime(where);
        const now = due.toInstant().subtract({ hours: 1 });
        const times = series(recurrence, where, due, now);
        const parts = taskParts(task(recurrence, due), 'event', where, 'crm.example', now);
        const text = writeParts(['vcalendar', [], [zonePart(where, now, now.add({ hours: 24 * 3660 })), ...parts]]);
        assert.deepEqual(timesIn(text), times);
      },
    ),
    { numRuns: 200 },
  );
});

function series(recurrence: string, where: string, due: Temporal.ZonedDateTime, now: Temporal.Instant): number[] {
  let current = {
    recurrence,
    due_at: due.toInstant().toString(),
    due_on: null as string | null,
    remind_at: null,
    series_start: null as string | null,
    zone: where,
  };
  const times: number[] = [];
  while (times.length < times_compared) {
    const next = nextOf(current, now);
    if (!next) break;
    times.push(Date.parse(next.due_at));
    current = { ...current, ...next, remind_at: null };
  }
  return times;
}

const task = (recurrence: string, due: Temporal.ZonedDateTime): FeedTask => ({
  id: 'a',
  title: 'Task',
  body: null,
  priority: 'normal',
  due_at: due.toInstant().toString(),
  due_on: null,
  remind_at: null,
  recurrence,
  series_start: null,
  updated_at: '2026-10-01T00:00:00Z',
  about: null,
});

/** What ical.js expands the repeating event of a calendar to, by the zone that the calendar itself describes. */
function timesIn(text: string): number[] {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const described = new ICAL.Timezone(calendar.getFirstSubcomponent('vtimezone')!);
  const event = calendar.getAllSubcomponents('vevent').find((part) => part.hasProperty('rrule'));
  if (!event) return [];
  const times: number[] = [];
  const start = event.getFirstPropertyValue('dtstart') as ICAL.Time;
  const iterator = (event.getFirstPropertyValue('rrule') as ICAL.Recur).iterator(start);
  const until = (event.getFirstPropertyValue('rrule') as ICAL.Recur).until?.toUnixTime() ?? Number.POSITIVE_INFINITY;
  for (let time = iterator.next(); time && times.length < times_compared; time = iterator.next()) {
    time.zone = described;
    if (time.toUnixTime() > until) break;
    times.push(time.toUnixTime() * 1000);
  }
  return times;
}
