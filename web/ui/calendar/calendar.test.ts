import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, daysInView, firstWeekday, turn } from './calendar.ts';

const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2200-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const weekStart = fc.constantFrom(1, 6, 7);

test('a month is shown in whole weeks that hold all its days, one after the other', () => {
  fc.assert(
    fc.property(day, weekStart, (shown, start) => {
      const days = daysInView(shown, 'month', start);
      assert.equal(days.length % 7, 0);
      assert.equal(new Date(days[0]!).getUTCDay(), start % 7);
      for (const [index, each] of days.slice(1).entries()) assert.equal(each, addDays(days[index]!, 1));
      const month = days.filter((each) => each.slice(0, 7) === shown.slice(0, 7));
      assert.equal(month[0], `${shown.slice(0, 7)}-01`);
      assert.notEqual(addDays(month.at(-1)!, 1).slice(0, 7), shown.slice(0, 7));
      assert.ok(days.length - month.length <= 12, 'no week without a day of the month');
    }),
  );
});

test('a week is the seven days around its day', () => {
  fc.assert(
    fc.property(day, weekStart, (shown, start) => {
      const days = daysInView(shown, 'week', start);
      assert.equal(days.length, 7);
      assert.ok(days.includes(shown));
      assert.equal(new Date(days[0]!).getUTCDay(), start % 7);
    }),
  );
});

test('turning the page of a month stays in the month, also from its last day', () => {
  assert.equal(turn('2026-01-31', 'month', 1), '2026-02-28');
  assert.equal(turn('2026-03-31', 'month', -1), '2026-02-28');
  assert.equal(turn('2026-12-28', 'week', 1), '2027-01-04');
});

test('weeks begin as the reader’s country has it', () => {
  assert.equal(firstWeekday('de-DE'), 1);
  assert.equal(firstWeekday('en-US'), 7);
  assert.equal(firstWeekday('ar-EG'), 6);
});
