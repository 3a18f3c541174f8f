import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextOf } from '../../../../src/modules/directory/task/next.ts';
import { recurrenceError } from '../../../../src/modules/directory/task/recurrence.ts';
import { Temporal } from '../../../ui/temporal.ts';
import { recurrenceText } from './recurrence.ts';
import { firstRule, inEachMonth, readRule, weekdays, writeRule } from './rule.ts';

const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2090-01-01'), noInvalidDate: true });
const rule = fc.record({
  frequency: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
  interval: fc.integer({ min: 1, max: 999 }),
  days: fc.subarray([...weekdays]),
  on: fc.constantFrom('same', 'day', 'weekday'),
  day: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constant(-1)),
  or_last: fc.boolean(),
  nth: fc.constantFrom(1, 2, 3, 4, 5, -1),
  weekday: fc.constantFrom(...weekdays),
  ends: fc.constantFrom('never', 'until', 'count'),
  until: day.map((date) => date.toISOString().slice(0, 10)),
  count: fc.integer({ min: 1, max: 999 }),
});

test('what is chosen is a rule that the server takes, and reads back as it was chosen', () => {
  fc.assert(
    fc.property(rule, (chosen) => {
      const written = writeRule(chosen);
      assert.equal(recurrenceError(written), undefined, written);
      assert.equal(writeRule(readRule(written)!), written);
      assert.doesNotMatch(recurrenceText(written), /FREQ|undefined/);
    }),
  );
});

test('rules are said in words; one that cannot be chosen is shown as it is, never as another', () => {
  const said = {
    'FREQ=WEEKLY': 'Every week',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=TH,MO;UNTIL=20271231': 'Every 2 weeks on Monday and Thursday, until Dec 31, 2027',
    'INTERVAL=1;FREQ=MONTHLY;BYDAY=-1FR;COUNT=5': 'Every month on the last Friday, 5 times',
    'FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU': 'Every 2 months on the second Tuesday',
    'FREQ=MONTHLY;BYMONTHDAY=15;COUNT=1': 'Every month on day 15, once',
    'FREQ=MONTHLY;BYMONTHDAY=-1': 'Every month on the last day',
    'FREQ=MONTHLY;BYMONTHDAY=31': 'Every month on day 31',
    'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1;COUNT=5': 'Every month on day 31 or the last day, 5 times',
    'FREQ=DAILY;INTERVAL=3;UNTIL=20270101T225959Z': 'Every 3 days, until Jan 1, 2027',
  };
  for (const [written, words] of Object.entries(said)) assert.equal(recurrenceText(written), words);
  for (const more of [
    'FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1',
    'FREQ=YEARLY;BYMONTH=3',
    'FREQ=WEEKLY;WKST=SU',
    'FREQ=DAILY;BYDAY=MO',
    'FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=1',
    'FREQ=MONTHLY;BYMONTHDAY=1,15',
    'FREQ=WEEKLY;BYMONTHDAY=28,29;BYSETPOS=-1',
    'FREQ=MONTHLY;BYDAY=MO',
  ]) {
    assert.equal(readRule(more), null, more);
    assert.equal(recurrenceText(more), `Custom: ${more}`);
  }
  assert.equal(writeRule(firstRule), 'FREQ=WEEKLY');
});

test('a weekly rule without days comes on the weekday of its due date, and says so', () => {
  const said = recurrenceText;
  assert.equal(said('FREQ=WEEKLY', '2027-01-31'), 'Every week on Sunday');
  assert.equal(said('FREQ=WEEKLY;INTERVAL=2', '2027-02-01'), 'Every 2 weeks on Monday');
  assert.equal(said('FREQ=WEEKLY;BYDAY=TH', '2027-02-01'), 'Every week on Thursday');
  assert.equal(said('FREQ=DAILY', '2027-02-01'), 'Every day');
  const task = { due_on: '2027-01-31', due_at: null, remind_at: null, series_start: null, zone: 'Europe/Berlin' };
  const next = nextOf({ ...task, recurrence: 'FREQ=WEEKLY' }, Temporal.Instant.from('2027-01-31T12:00:00Z'));
  assert.equal(next!.due_on, '2027-02-07');
});

test('a task of the end of a month that repeats each month does so in shorter ones too', () => {
  const daysOf = (recurrence: string, from: string) => {
    const days = [from];
    for (let due_on: string = from; days.length < 5; days.push(due_on)) {
      const task = { due_on, due_at: null, remind_at: null, series_start: `${from}T23:59:59Z`, zone: 'Europe/Berlin' };
      due_on = nextOf({ ...task, recurrence }, Temporal.Instant.from('2027-01-01T00:00:00Z'))!.due_on!;
    }
    return days.map((each) => each.slice(2)).join(' ');
  };
  assert.equal(
    daysOf(inEachMonth('FREQ=MONTHLY', '2027-01-31'), '2027-01-31'),
    '27-01-31 27-02-28 27-03-31 27-04-30 27-05-31',
  );
  assert.equal(
    daysOf(inEachMonth('FREQ=MONTHLY', '2028-01-29'), '2028-01-29'),
    '28-01-29 28-02-29 28-03-29 28-04-29 28-05-29',
  );
  assert.equal(
    daysOf(inEachMonth('FREQ=MONTHLY;INTERVAL=3', '2027-08-31'), '2027-08-31'),
    '27-08-31 27-11-30 28-02-29 28-05-31 28-08-31',
  );
  for (const [rule, day] of [['FREQ=MONTHLY', '2027-01-28'], ['FREQ=WEEKLY', '2027-01-31'], ['FREQ=MONTHLY;BYMONTHDAY=31', '2027-01-31'], ['FREQ=MONTHLY;BYDAY=-1FR', '2027-01-29']] as const)
    assert.equal(inEachMonth(rule, day), rule); // biome-ignore format: a table
});
