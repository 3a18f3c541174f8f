import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { daysOf, firstDayOf, minutes_of_day, movedBy, movedTo, placeOf, shifted, startOf } from './days.ts';
import { lanesOf } from './lanes.ts';

test('weeks begin as the reader’s do, and a month is shown in whole ones', () => {
  assert.deepEqual([firstDayOf('de'), firstDayOf('en-US'), firstDayOf('ar-EG')], [1, 7, 6]);
  const november = daysOf('month', '2026-11-20', 1);
  assert.deepEqual([november[0], november.at(-1), november.length], ['2026-10-26', '2026-12-06', 42]);
  assert.deepEqual(daysOf('week', '2026-11-22', 7)[0], '2026-11-22');
  assert.equal(daysOf('month', '2027-02-14', 1).length, 28, 'a February that fits into four weeks');
  assert.equal(shifted('month', '2026-01-31', 1), '2026-02-28');
});

test('the clock on the wall counts, also where the clocks change at midnight', () => {
  // Cairo: Friday 2026-04-24 begins at one o'clock, for at midnight the clocks go forward.
  assert.equal(startOf('2026-04-24', 'Africa/Cairo'), '2026-04-23T22:00:00Z');
  const late = movedTo('2026-04-20T22:15:00Z', { day: '2026-04-24', minutes: 15 }, 'Africa/Cairo');
  assert.deepEqual(placeOf(late, 'Africa/Cairo'), { day: '2026-04-24', minutes: 75 });
  // Berlin, from winter into summer: nine stays nine.
  assert.equal(movedTo('2026-03-28T08:00:00Z', { day: '2026-03-29' }, 'Europe/Berlin'), '2026-03-29T07:00:00Z');
  assert.equal(movedBy('2026-10-24T07:00:00Z', { days: 1 }, 'Europe/Berlin'), '2026-10-25T08:00:00Z');
  assert.equal(movedTo('2026-11-20', { day: '2026-11-21', minutes: 60 }, 'Europe/Berlin'), '2026-11-21');
});

const zones = [
  'Europe/Berlin',
  'America/New_York',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Santiago',
  'Asia/Kathmandu',
];
const zone = fc.constantFrom(...zones);
const day = fc
  .integer({ min: 0, max: 365 * 12 })
  .map((days) => Temporal.PlainDate.from('2024-01-01').add({ days }).toString());
const moment = fc
  .integer({ min: Date.UTC(2024, 0) / 60_000, max: Date.UTC(2036, 0) / 60_000 })
  .map((minute) => Temporal.Instant.fromEpochMilliseconds(minute * 60_000).toString());

test('what is put on a day stands on that day, at its time unless the clocks skip that', () => {
  fc.assert(
    fc.property(moment, day, zone, (at, to, where) => {
      const moved = placeOf(movedTo(at, { day: to }, where), where);
      assert.equal(moved.day, to);
      const kept = placeOf(at, where).minutes!;
      const gap = Temporal.PlainDate.from(to).toZonedDateTime(where).hoursInDay < 24;
      assert.ok(moved.minutes === kept || (gap && moved.minutes! > kept && moved.minutes! <= kept + 60));
    }),
    { numRuns: 500 },
  );
});

test('moved there and back it is where it was, unless a change of the clocks lies on the way', () => {
  fc.assert(
    fc.property(moment, zone, fc.integer({ min: -40, max: 40 }), (at, where, days) => {
      const there = movedBy(at, { days }, where);
      const back = movedBy(there, { days: -days }, where);
      const skipped = placeOf(there, where).minutes !== placeOf(at, where).minutes;
      const twice = Temporal.Instant.from(at).toZonedDateTimeISO(where).hoursInDay > 24;
      assert.ok(skipped || twice || Date.parse(back) === Date.parse(at));
    }),
  );
});

test('what overlaps lies side by side, and nothing lies on another', () => {
  const items = fc.array(
    fc.record({ from: fc.integer({ min: 0, max: minutes_of_day }), length: fc.integer({ min: 1, max: 200 }) }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(items, (all) => {
      const placed = lanesOf(all, ({ from, length }) => ({ from, to: from + length }));
      assert.equal(placed.length, all.length);
      for (const a of placed) {
        assert.ok(a.lane < a.lanes);
        for (const b of placed) {
          if (a === b) continue;
          const overlap = a.item.from < b.item.from + b.item.length && b.item.from < a.item.from + a.item.length;
          if (overlap) assert.ok(a.lane !== b.lane && a.lanes === b.lanes);
        }
      }
    }),
  );
});
