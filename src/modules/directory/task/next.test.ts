import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { nextOf } from './next.ts';

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Pacific/Auckland',
  'America/Santiago',
  'Asia/Kathmandu',
  'UTC',
  'Australia/Lord_Howe',
];
const long_ago = Temporal.Instant.from('2000-01-01T00:00:00Z');
const moment = fc.record({
  zone: fc.constantFrom(...zones),
  day: fc.integer({ min: 0, max: 3_000 }).map((days) => Temporal.PlainDate.from('2024-01-01').add({ days })),
  hour: fc.integer({ min: 0, max: 23 }),
  minute: fc.constantFrom(0, 30),
});

const task = (recurrence: string, zone: string, due: Temporal.ZonedDateTime) => ({
  recurrence,
  zone,
  due_at: due.toInstant().toString(),
  remind_at: null as string | null,
  series_start: null as string | null,
});
const local = (iso: string, zone: string) => Temporal.Instant.from(iso).toZonedDateTimeISO(zone);

test('however often a series goes on, it stays at its hour, also past a change of clocks', () => {
  fc.assert(
    fc.property(moment, fc.constantFrom(1, 2, 7), ({ zone, day, hour, minute }, days) => {
      const wall = day.toPlainDateTime({ hour, minute });
      // RFC 5545, section 3.3.10: an hour that a change of clocks leaves out is ignored.
      const on = (date: Temporal.PlainDateTime) => {
        const zoned = date.toZonedDateTime(zone);
        return zoned.toPlainDateTime().equals(date) ? zoned : undefined;
      };
      fc.pre(on(wall) !== undefined);
      let current = task(`FREQ=DAILY;INTERVAL=${days}`, zone, on(wall)!);
      for (let n = 1; n <= 200; n++) {
        const expected = on(wall.add({ days: n * days }));
        if (!expected) continue;
        const next = nextOf(current, long_ago)!;
        assert.equal(local(next.due_at, zone).toString(), expected.toString());
        current = { ...current, ...next };
      }
    }),
    { numRuns: 25 },
  );
});

test('the reminder keeps its distance, on the calendar and on the clock', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 0, max: 72 }), ({ zone, day, hour, minute }, hours) => {
      const due = day.toPlainDateTime({ hour, minute }).toZonedDateTime(zone);
      const remind = due.subtract({ days: Math.floor(hours / 24), hours: hours % 24 });
      const next = nextOf({ ...task('FREQ=WEEKLY', zone, due), remind_at: remind.toInstant().toString() }, long_ago)!;
      // Days go by the calendar, so that nine o'clock stays nine; what is less than a day goes by the clock, also where the clock is changed.
      const before = remind.until(due, { largestUnit: 'days' });
      const days_before = local(next.due_at, zone).subtract({ days: before.days });
      const elapsed = local(next.remind_at!, zone).until(days_before, { largestUnit: 'hours' });
      assert.equal(elapsed.total('minutes'), before.with({ days: 0 }).total('minutes'));
    }),
  );
});

test('what is long overdue is due next in the future, on the days of its rule', () => {
  const due = Temporal.ZonedDateTime.from('2024-01-31T09:00[Europe/Berlin]');
  const now = Temporal.Instant.from('2026-05-10T12:00:00Z');
  const nextDue = (rule: string, series: string | null = null) =>
    nextOf({ ...task(rule, 'Europe/Berlin', due), series_start: series }, now)?.due_at;
  assert.equal(nextDue('FREQ=MONTHLY'), '2026-05-31T07:00:00Z', 'months without a 31st are left out');
  assert.equal(nextDue('FREQ=MONTHLY;BYDAY=-1FR'), '2026-05-29T07:00:00Z');
  assert.equal(nextDue('FREQ=DAILY;COUNT=5'), undefined);
  assert.equal(nextDue('FREQ=DAILY;UNTIL=20250101'), undefined);
  assert.equal(nextDue('FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', '2024-01-01T08:00:00Z'), '2026-05-18T07:00:00Z');
});
