import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { setFormat } from '../../../ui/format.ts';
import { dueShown, understand } from './quickAdd.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');
const evening = Date.parse('2026-11-20T20:00:00Z');
setFormat({ locale: 'en', time_zone: 'UTC' });

test('the last word may name the day, and is shown as understood', () => {
  const due = (typed: string, now = noon) => {
    const task = understand(typed, false, now)!;
    return [task.title, task.due_on ?? task.due_at!.slice(0, 16), task.words];
  };
  assert.deepEqual(due('Ring Ada'), ['Ring Ada', '2026-11-20', null]);
  assert.deepEqual(due('Ring Ada today', evening), ['Ring Ada', '2026-11-20', 'today']);
  assert.deepEqual(due('Ring Ada Tomorrow'), ['Ring Ada', '2026-11-21', 'Tomorrow']);
  assert.deepEqual(due('Ring Ada friday'), ['Ring Ada', '2026-11-27', 'friday'], 'the next Friday, as today is one');
  assert.deepEqual(due('Ring Ada mon'), ['Ring Ada', '2026-11-23', 'mon']);
  assert.deepEqual(due('Ring Ada 2027-02-28'), ['Ring Ada', '2027-02-28', '2027-02-28']);
  assert.deepEqual(due('Ring Ada 2027-02-30'), ['Ring Ada 2027-02-30', '2026-11-20', null], 'no such day');
  assert.deepEqual(due('Friday'), ['Friday', '2026-11-20', null], 'a title of one word is a title');
  assert.equal(understand('  ', false), null);
  assert.equal(understand('Plan black friday', true, noon)!.title, 'Plan black friday');
});

test('the last words may say day and time, and are shown as understood', () => {
  const due = (typed: string) => {
    const { title, due_on, due_at, words } = understand(`Ring ${typed}`, false, noon)!;
    return words === null ? null : [title, due_on ?? due_at!.slice(0, 16)];
  };
  assert.deepEqual(due('Ada tomorrow 3pm'), ['Ring Ada', '2026-11-21T15:00']);
  assert.deepEqual(due('Ada on Friday at 15:00'), ['Ring Ada', '2026-11-27T15:00']);
  assert.deepEqual(due('Ada at 3 pm on Monday'), ['Ring Ada', '2026-11-23T15:00']);
  assert.deepEqual(due('Ada next week'), ['Ring Ada', '2026-11-23'], 'its Monday');
  assert.deepEqual(due('Ada next month'), ['Ring Ada', '2026-12-01']);
  assert.deepEqual(due('Ada in 3 days'), ['Ring Ada', '2026-11-23']);
  assert.deepEqual(due('Ada in a week'), ['Ring Ada', '2026-11-27']);
  assert.deepEqual(due('Ada in 2 hours'), ['Ring Ada', '2026-11-20T14:00']);
  assert.deepEqual(due('Ada in an hour'), ['Ring Ada', '2026-11-20T13:00']);
  assert.deepEqual(due('Ada in 30 min'), ['Ring Ada', '2026-11-20T12:30']);
  assert.deepEqual(due('Ada in 13 hours'), ['Ring Ada', '2026-11-21T01:00'], 'past midnight');
  assert.deepEqual(due('Ada in 2 hours on Friday'), ['Ring Ada in 2 hours', '2026-11-27']);
  assert.deepEqual(due('Ada 2027-02-28 9:30'), ['Ring Ada', '2027-02-28T09:30']);
  assert.deepEqual(due('Ada at 5'), ['Ring Ada', '2026-11-21T05:00'], 'the next time it is that');
  assert.deepEqual(due('Ada 12:30am'), ['Ring Ada', '2026-11-21T00:30']);
  for (const said of ['Ada Dec 24', 'Ada on December 24th', 'Ada 24 Dec', 'Ada on the 24th of December', 'Ada Dec 24, 2026', 'Ada on 12/24', 'Ada 12/24/2026', 'Ada on 24/12', 'Ada 24/12', 'Ada 12/24'])
    assert.deepEqual(due(said), ['Ring Ada', '2026-12-24'], said); // biome-ignore format: a list
  assert.deepEqual(due('Ada on Dec 24, 2026 at 3 pm'), ['Ring Ada', '2026-12-24T15:00']);
  assert.deepEqual(due('Ada Nov 19'), ['Ring Ada', '2027-11-19'], 'the next one');
  for (const title of ['Ada 24/7', 'Ada Feb 30', 'Ada De 24', 'Ada Decimal 24', 'Ada 1/2', 'Ada 50/50', 'Ada Dec'])
    assert.equal(due(title), null, title);
  for (const title of ['in room 5', 'Ada at 25:00', 'Ada in 3 ways', 'version 2', 'Ada at 13pm', 'the next door'])
    assert.equal(due(title), null, title);
  for (const title of ['the constructor', 'Ada __proto__']) assert.equal(due(title), null, title);
  assert.equal(understand('Tomorrow 3pm', false, noon)!.title, 'Tomorrow 3pm');
  const shown = (typed: string) => dueShown(understand(typed, false, noon)!);
  assert.equal(shown('Ring Ada friday'), 'Fri, Nov 27, 2026');
  assert.match(shown('Ring Ada friday 3pm'), /^Fri, Nov 27, 2026, 3:00\sPM$/);
});

test('the last words may say how often', () => {
  const read = (typed: string, of: 'de' | 'en' = 'en') => {
    const { title, due_on, due_at, recurrence } = understand(`Ring ${typed}`, false, noon, of)!;
    return [title, due_on ?? due_at!.slice(0, 16), recurrence];
  };
  assert.deepEqual(read('Ada every week'), ['Ring Ada', '2026-11-20', 'FREQ=WEEKLY']);
  assert.deepEqual(read('Ada every 2 weeks'), ['Ring Ada', '2026-11-20', 'FREQ=WEEKLY;INTERVAL=2']);
  assert.deepEqual(read('Ada every other month'), ['Ring Ada', '2026-11-20', 'FREQ=MONTHLY;INTERVAL=2']);
  assert.deepEqual(read('Ada every Monday at 9am'), ['Ring Ada', '2026-11-23T09:00', 'FREQ=WEEKLY']);
  assert.deepEqual(read('Ada 31/12 every month'), [
    'Ring Ada',
    '2026-12-31',
    'FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1',
  ]);
  assert.deepEqual(read('Ada tomorrow every weekday'), ['Ring Ada', '2026-11-23', 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR']);
  assert.deepEqual(read('Ada every door'), ['Ring Ada every door', '2026-11-20', null]);
  assert.equal(understand('Every week', false, noon)!.title, 'Every week');
  setFormat({ locale: 'de-DE', time_zone: 'UTC' });
  assert.deepEqual(read('Ada jeden Montag', 'de'), ['Ring Ada', '2026-11-23', 'FREQ=WEEKLY']);
  assert.deepEqual(read('Ada alle 3 Tage', 'de'), ['Ring Ada', '2026-11-20', 'FREQ=DAILY;INTERVAL=3']);
  assert.deepEqual(read('Ada 15/12', 'de'), ['Ring Ada', '2026-12-15', null]);
  setFormat({ locale: 'en', time_zone: 'UTC' });
});

test('a day before its month is read so where people write it so', () => {
  setFormat({ locale: 'en-GB', time_zone: 'UTC' });
  assert.equal(understand('Ring Ada on 24/12', false, noon)!.due_on, '2026-12-24');
  setFormat({ locale: 'en', time_zone: 'UTC' });
});

test('a German page understands German words', () => {
  setFormat({ locale: 'de-DE', time_zone: 'UTC' });
  const due = (typed: string) => {
    const { title, due_on, due_at, words } = understand(`Ada anrufen ${typed}`, false, noon, 'de')!;
    return words === null ? null : [title, due_on ?? due_at!.slice(0, 16)];
  };
  const at = (moment: string) => ['Ada anrufen', moment];
  assert.deepEqual(due('am Freitag um 15 Uhr'), at('2026-11-27T15:00'));
  assert.deepEqual(due('morgen 9:30'), at('2026-11-21T09:30'));
  assert.deepEqual(due('übermorgen'), at('2026-11-22'));
  assert.deepEqual(due('um 15 Uhr am Montag'), at('2026-11-23T15:00'));
  assert.deepEqual(due('nächste Woche'), at('2026-11-23'));
  assert.deepEqual(due('in 3 Tagen'), at('2026-11-23'));
  assert.deepEqual(due('in einer Woche'), at('2026-11-27'));
  assert.deepEqual(due('in einer Stunde'), at('2026-11-20T13:00'));
  assert.deepEqual(due('in 30 Minuten'), at('2026-11-20T12:30'));
  assert.deepEqual(due('am 24.12.'), at('2026-12-24'));
  assert.deepEqual(due('am 3.2. um 8 Uhr'), at('2027-02-03T08:00'), 'the next one');
  assert.deepEqual(due('am 24. Dezember 2026 um 15 Uhr'), at('2026-12-24T15:00'));
  assert.deepEqual(due('3. Mär'), at('2027-03-03'));
  assert.equal(due('30.2.2027'), null, 'no such day');
  assert.equal(due('in drei Büros'), null);
  setFormat({ locale: 'en', time_zone: 'UTC' });
});

test('no word of a title is ever lost', () => {
  fc.assert(
    fc.property(fc.string(), fc.boolean(), (typed, literal) => {
      const words = typed.trim().split(/\s+/).join(' ');
      const task = understand(typed, literal, noon);
      assert.equal(task ? [task.title, task.words].filter(Boolean).join(' ') : '', words);
    }),
  );
});
