import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { checkSchedules, nextRun, type Schedule } from './schedule.ts';

const day_ms = 86_400_000;
const zones = ['Europe/Berlin', 'America/New_York', 'UTC', 'Australia/Lord_Howe', 'America/Santiago', 'Asia/Kolkata'];

/** So many runs after a moment. */
function runs(cron: string, timeZone: string, after: string, count: number): string[] {
  const all: Date[] = [];
  while (all.length < count) all.push(nextRun(cron, timeZone, all.at(-1) ?? new Date(after))!);
  return all.map((at) => `${at.toISOString().slice(5, 16)}Z`);
}

test('a time that the clocks skip in spring is the end of what they skip, once', () => {
  assert.deepEqual(runs('30 2 * * *', 'Europe/Berlin', '2026-03-27T12:00Z', 3), [
    '03-28T01:30Z',
    '03-29T01:00Z',
    '03-30T00:30Z',
  ]);
  assert.deepEqual(runs('30 2 * * *', 'America/New_York', '2026-03-06T12:00Z', 3), [
    '03-07T07:30Z',
    '03-08T07:00Z',
    '03-09T06:30Z',
  ]);
});

test('a time that the clocks have twice in autumn is the first of them, once, also when seen from in between', () => {
  const berlin = ['10-24T00:30Z', '10-25T00:30Z', '10-26T01:30Z'];
  assert.deepEqual(runs('30 2 * * *', 'Europe/Berlin', '2026-10-23T12:00Z', 3), berlin);
  for (const between of ['2026-10-25T00:45Z', '2026-10-25T01:10Z', '2026-10-25T01:30Z'])
    assert.deepEqual(runs('30 2 * * *', 'Europe/Berlin', between, 1), ['10-26T01:30Z']);
  const new_york = ['10-31T05:30Z', '11-01T05:30Z', '11-02T06:30Z'];
  assert.deepEqual(runs('30 1 * * *', 'America/New_York', '2026-10-30T12:00Z', 3), new_york);
});

test('what comes every hour goes on through both hours of autumn, and through spring', () => {
  const autumn = ['10-25T00:00Z', '10-25T01:00Z', '10-25T02:00Z'];
  assert.deepEqual(runs('0 * * * *', 'Europe/Berlin', '2026-10-24T23:30Z', 3), autumn);
  const spring = ['03-29T00:00Z', '03-29T01:00Z', '03-29T02:00Z'];
  assert.deepEqual(runs('0 * * * *', 'Europe/Berlin', '2026-03-28T23:30Z', 3), spring);
});

const moment = fc.date({ min: new Date('2025-01-01'), max: new Date('2029-01-01'), noInvalidDate: true });
const part = (least: number, most: number) =>
  fc.oneof(
    fc.constant('*'),
    fc.integer({ min: least, max: most }).map(String),
    fc.constantFrom(2, 3, 5).map((n) => `*/${n}`),
  );
const times = fc.tuple(part(0, 59), part(0, 23), part(1, 28), part(1, 12), part(0, 6)).map((parts) => parts.join(' '));

test('the next run is after the moment, never before that of an earlier moment, and no run lies between', () => {
  fc.assert(
    fc.property(
      times,
      fc.constantFrom(...zones),
      moment,
      fc.integer({ min: 0, max: 40 * day_ms }),
      (cron, zone, a, ms) => {
        const b = new Date(a.getTime() + ms);
        const [afterA, afterB] = [nextRun(cron, zone, a), nextRun(cron, zone, b)];
        if (!afterA || !afterB) return;
        assert.ok(afterA > a && afterB > b);
        assert.ok(afterA <= afterB, 'it goes back');
        if (afterA > b) assert.deepEqual(afterA, afterB, 'a run that was to come is passed over');
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a time of the day comes exactly once on each day of a calendar', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 23 }),
      fc.integer({ min: 0, max: 59 }),
      fc.constantFrom(...zones),
      fc.constantFrom(2026, 2027, 2028),
      (hour, minute, zone, year) => {
        let at = new Date(Temporal.ZonedDateTime.from(`${year}-01-01T00:00[${zone}]`).epochMilliseconds - 1);
        for (let day = Temporal.PlainDate.from(`${year}-01-01`); day.year === year; day = day.add({ days: 1 })) {
          at = nextRun(`${minute} ${hour} * * *`, zone, at)!;
          const there = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone);
          assert.equal(there.toPlainDate().toString(), day.toString());
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('schedules that would never run, or run as something else, are refused', () => {
  const nightly: Schedule = { name: 'a', cron: '0 3 * * *', timeZone: 'UTC', per: 'workspace', kind: 'k', payload: {} };
  const refused = (schedules: Partial<Schedule>[], message: RegExp) =>
    assert.throws(() => checkSchedules(schedules.map((more) => ({ ...nightly, ...more })), new Set(['k'])), message); // biome-ignore format: a line
  checkSchedules([nightly, { ...nightly, name: 'b' }], new Set(['k']));
  refused([{}, {}], /"a" is declared twice/);
  refused([{ kind: 'other' }], /a kind that is not there: "other"/);
  refused([{ cron: '61 * * * *' }], /times that cannot be read/);
  refused([{ cron: '0 0 30 2 *' }], /never runs/);
  refused([{ timeZone: 'Mars/Base' }], /times that cannot be read/);
  refused([{ timeZone: 'workspace', per: 'installation' }], /cannot go by the clock of one/);
});
