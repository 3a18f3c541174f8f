import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { nextOf, occurs, seriesAfter, timesBetween } from './next.ts';

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
  due_on: null as string | null,
  remind_at: null as string | null,
  series_start: null as string | null,
});
const local = (iso: string, zone: string) => Temporal.Instant.from(iso).toZonedDateTimeISO(zone);

test('however often a series goes on, it stays at its hour, also past a change of clocks', () => {
  fc.assert(
    fc.property(moment, fc.constantFrom(1, 2, 7), ({ zone, day, hour, minute }, days) => {
      const wall = day.toPlainDateTime({ hour, minute });
      // What an hour that a change of clocks leaves out would have held happens as that hour ends.
      const on = (date: Temporal.PlainDateTime) => {
        const zoned = date.toZonedDateTime(zone);
        if (zoned.toPlainDateTime().equals(date)) return zoned;
        return date.toZonedDateTime(zone, { disambiguation: 'earlier' }).getTimeZoneTransition('next')!;
      };
      fc.pre(on(wall).toPlainDateTime().equals(wall));
      let current = task(`FREQ=DAILY;INTERVAL=${days}`, zone, on(wall));
      for (let n = 1; n <= 200; n++) {
        const expected = on(wall.add({ days: n * days }));
        const next = nextOf(current, long_ago)!;
        assert.equal(local(next.due_at, zone).toString(), expected.toString());
        current = { ...current, ...next };
      }
    }),
    { numRuns: 25 },
  );
});

test('a weekly task in the hour that spring skips is due as that hour ends, once, and goes on at its own hour', () => {
  const due = Temporal.ZonedDateTime.from('2026-03-22T02:30[Europe/Berlin]');
  const weekly = { ...task('FREQ=WEEKLY;COUNT=4', 'Europe/Berlin', due), series_start: due.toInstant().toString() };
  const skipped = nextOf(weekly, long_ago)!;
  assert.equal(local(skipped.due_at, 'Europe/Berlin').toPlainDateTime().toString(), '2026-03-29T03:00:00');
  const behind = nextOf({ ...weekly, ...skipped }, long_ago)!;
  assert.equal(local(behind.due_at, 'Europe/Berlin').toPlainDateTime().toString(), '2026-04-05T02:30:00');
  const all = timesBetween(weekly, long_ago, Temporal.Instant.from('2026-12-31T00:00:00Z'), 10);
  assert.deepEqual(
    all.map(({ due_at }) => local(due_at, 'Europe/Berlin').toPlainDateTime().toString()),
    ['2026-03-29T03:00:00', '2026-04-05T02:30:00', '2026-04-12T02:30:00'],
  );
  assert.match(seriesAfter(weekly, long_ago)!.rule, /COUNT=3/);
});

test('the reminder keeps its distance, on the calendar and on the clock', () => {
  fc.assert(
    fc.property(moment, fc.integer({ min: 0, max: 72 }), ({ zone, day, hour, minute }, hours) => {
      const due = day.toPlainDateTime({ hour, minute }).toZonedDateTime(zone);
      const remind = due.subtract({ days: Math.floor(hours / 24), hours: hours % 24 });
      const next = nextOf({ ...task('FREQ=WEEKLY', zone, due), remind_at: remind.toInstant().toString() }, long_ago)!;
      // Days go by the calendar, so that nine o'clock stays nine; what is less than a day goes by the clock, also where
      // the clock is changed.
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

test('a series since a 31st or a leap day leaves out no month and no year, unless its rule names days', () => {
  const dueDays = (recurrence: string, first: string) => {
    const days: string[] = [];
    let current = task(
      recurrence,
      'Europe/Berlin',
      Temporal.PlainDateTime.from(`${first}T09:00`).toZonedDateTime('Europe/Berlin'),
    );
    for (let n = 1; n <= 4; n++) {
      current = { ...current, ...nextOf(current, long_ago)! };
      days.push(current.due_at!.slice(0, 10));
    }
    return days.join(' ');
  };
  assert.equal(dueDays('FREQ=MONTHLY', '2027-01-31'), '2027-02-28 2027-03-31 2027-04-30 2027-05-31');
  assert.equal(dueDays('FREQ=MONTHLY;INTERVAL=3;COUNT=9', '2027-08-31'), '2027-11-30 2028-02-29 2028-05-31 2028-08-31');
  assert.equal(dueDays('FREQ=YEARLY', '2028-02-29'), '2029-02-28 2030-02-28 2031-02-28 2032-02-29');
  assert.equal(dueDays('FREQ=YEARLY;UNTIL=20991231', '2028-01-29'), '2029-01-29 2030-01-29 2031-01-29 2032-01-29');
  assert.equal(dueDays('FREQ=MONTHLY;BYMONTHDAY=31', '2027-01-31'), '2027-03-31 2027-05-31 2027-07-31 2027-08-31');
  assert.equal(dueDays('FREQ=YEARLY;BYMONTH=2', '2028-02-29'), '2032-02-29 2036-02-29 2040-02-29 2044-02-29');
  const leapDay = {
    ...task('FREQ=YEARLY;COUNT=9', 'Europe/Berlin', local('2028-02-29T08:00:00Z', 'Europe/Berlin')),
    due_on: '2028-02-29',
  };
  assert.equal(nextOf(leapDay, long_ago)!.due_on, '2029-02-28');
  assert.equal(seriesAfter(leapDay, long_ago)!.rule, 'FREQ=YEARLY;COUNT=8;BYMONTH=2;BYMONTHDAY=-1', 'for calendars');
});

/** Daily from two years ago on, by a rule that takes the library many days to look through. */
const since2024 = (recurrence: string, due = '2026-11-20T08:00:00Z') => ({
  ...task(recurrence, 'Europe/Berlin', Temporal.Instant.from(due).toZonedDateTimeISO('Europe/Berlin')),
  series_start: '2024-01-02T08:00:00Z',
});
const today = Temporal.Instant.from('2026-11-26T00:00:00Z');

test('a series goes on after years of days, and over the gap between two leap days', () => {
  const nextDue = (rule: string, due?: string) => nextOf(since2024(rule, due), today)?.due_at;
  assert.equal(nextDue('FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=900'), '2026-11-26T08:00:00Z');
  assert.equal(nextDue('FREQ=DAILY;BYDAY=MO;COUNT=200'), '2026-11-30T08:00:00Z');
  assert.equal(nextDue('FREQ=DAILY;BYDAY=MO;COUNT=100'), undefined, 'counted to its end');
  const leap = 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29';
  assert.equal(nextDue(leap, '2028-02-29T08:00:00Z'), '2032-02-29T08:00:00Z');
  assert.equal(nextDue(leap, '2096-02-29T08:00:00Z'), '2104-02-29T08:00:00Z');
  assert.ok(occurs(leap, Temporal.Instant.from('2028-03-01T00:00:00Z')));
  assert.ok(!occurs('FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', today));
});

test('the rest of a series is counted by what went before, however far its last time is', () => {
  const rest = (rule: string) => seriesAfter(since2024(rule), today)?.rule;
  assert.equal(rest('FREQ=DAILY;BYMONTHDAY=31;COUNT=999'), 'FREQ=DAILY;BYMONTHDAY=31;COUNT=979');
  assert.equal(rest('FREQ=YEARLY;INTERVAL=999;COUNT=999'), 'FREQ=YEARLY;INTERVAL=999;COUNT=998');
  assert.equal(rest('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=999'), 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=998');
});

test('a series ends with the calendar, wherever its person lives', () => {
  for (const zone of zones) {
    const due = Temporal.PlainDateTime.from('2026-12-01T09:00').toZonedDateTime(zone);
    const { rule } = seriesAfter(task('FREQ=DAILY;UNTIL=99991231', zone, due), today)!;
    assert.match(rule, /^FREQ=DAILY;UNTIL=99991231T\d{6}Z$/, zone);
    const day = { ...task('FREQ=DAILY;UNTIL=99991231T235959Z', zone, due), due_on: '2026-12-01' };
    assert.equal(nextOf(day, today)!.due_on, '2026-12-02', zone);
    assert.equal(seriesAfter(day, today)!.rule, 'FREQ=DAILY;UNTIL=99991231', zone);
    const last = Temporal.PlainDateTime.from('9990-06-01T09:00').toZonedDateTime(zone);
    assert.equal(nextOf(task('FREQ=YEARLY;INTERVAL=30', zone, last), today), undefined, zone);
  }
});

test('the times of a period are those that one comes to from one to the next', () => {
  const rules = [
    'FREQ=DAILY',
    'FREQ=WEEKLY;BYDAY=MO,TH',
    'FREQ=DAILY;COUNT=40',
    'FREQ=MONTHLY;BYDAY=-1FR',
    'FREQ=DAILY;UNTIL=20241105',
  ];
  fc.assert(
    fc.property(
      moment,
      fc.constantFrom(...rules),
      fc.integer({ min: -30, max: 90 }),
      ({ zone, day, hour, minute }, rule, days) => {
        const due = day.toPlainDateTime({ hour, minute }).toZonedDateTime(zone);
        const [from, to] = [due.add({ days }).toInstant(), due.add({ days: days + 40 }).toInstant()];
        const series = task(rule, zone, due);
        const expected: string[] = [];
        for (
          let next = nextOf(series, from);
          next && next.due_at <= to.toString();
          next = nextOf({ ...series, ...next }, from)
        )
          expected.push(next.due_at);
        assert.deepEqual(
          timesBetween(series, from, to, 62).map(({ due_at }) => due_at),
          expected,
        );
      },
    ),
    { numRuns: 50 },
  );
});

test('what is due on a day goes on from day to day, and its end is one', () => {
  const zone = 'Pacific/Auckland';
  const day = {
    ...task('FREQ=WEEKLY;UNTIL=20261224T235959Z', zone, Temporal.ZonedDateTime.from(`2026-11-20T23:59:59[${zone}]`)),
    due_on: '2026-11-20',
  };
  assert.equal(nextOf(day, long_ago)!.due_on, '2026-11-27');
  assert.equal(nextOf({ ...day, due_on: '2026-12-18' }, long_ago)!.due_on, '2026-12-25', 'its last day is whole');
  assert.equal(nextOf({ ...day, due_on: '2026-12-25' }, long_ago), undefined);
  const counted = {
    ...day,
    recurrence: 'FREQ=WEEKLY;COUNT=4',
    due_on: '2026-11-27',
    series_start: '2026-11-20T23:59:59Z',
  };
  assert.equal(seriesAfter(counted, long_ago)!.rule, 'FREQ=WEEKLY;COUNT=2');
  const times = timesBetween(counted, Temporal.Instant.from('2026-11-28T00:00:00Z'), today.add({ hours: 24 * 60 }), 9);
  assert.deepEqual(times.map(({ due_on, due_at }) => [due_on, due_at]), [
    ['2026-12-04', '2026-12-04T10:59:59Z'], ['2026-12-11', '2026-12-11T10:59:59Z'],
  ]); // biome-ignore format: rows in rows
  assert.equal(seriesAfter(day, long_ago)!.rule, 'FREQ=WEEKLY;UNTIL=20261225', 'as it is in that zone');
  assert.equal(seriesAfter(day, long_ago, false)!.rule, 'FREQ=WEEKLY;UNTIL=20261225T105959Z', 'to the end of that day');
  assert.equal(
    seriesAfter({ ...day, recurrence: 'FREQ=WEEKLY;UNTIL=20261224' }, long_ago)!.rule,
    'FREQ=WEEKLY;UNTIL=20261224',
  );
});
