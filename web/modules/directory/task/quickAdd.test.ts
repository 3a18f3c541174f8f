import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { setFormat } from '../../../ui/format.ts';
import { understand } from './quickAdd.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');
const evening = Date.parse('2026-11-20T20:00:00Z');
setFormat({ locale: 'en', time_zone: 'UTC' });

test('the last word may name the day, and is shown as understood', () => {
  const due = (typed: string, now = noon) => {
    const task = understand(typed, false, now)!;
    return [task.title, task.due_at.slice(0, 16), task.word];
  };
  assert.deepEqual(due('Ring Ada'), ['Ring Ada', '2026-11-20T17:00', null]);
  assert.deepEqual(due('Ring Ada today', evening), ['Ring Ada', '2026-11-20T23:59', 'today']);
  assert.deepEqual(due('Ring Ada Tomorrow'), ['Ring Ada', '2026-11-21T17:00', 'Tomorrow']);
  assert.deepEqual(
    due('Ring Ada friday'),
    ['Ring Ada', '2026-11-27T17:00', 'friday'],
    'the next Friday, as today is one',
  );
  assert.deepEqual(due('Ring Ada mon'), ['Ring Ada', '2026-11-23T17:00', 'mon']);
  assert.deepEqual(due('Ring Ada 2027-02-28'), ['Ring Ada', '2027-02-28T17:00', '2027-02-28']);
  assert.deepEqual(due('Ring Ada 2027-02-30'), ['Ring Ada 2027-02-30', '2026-11-20T17:00', null], 'no such day');
  assert.deepEqual(due('Friday'), ['Friday', '2026-11-20T17:00', null], 'a title of one word is a title');
  assert.equal(understand('  ', false), null);
  assert.equal(understand('Plan black friday', true, noon)!.title, 'Plan black friday');
});

test('no word of a title is ever lost', () => {
  fc.assert(
    fc.property(fc.string(), fc.boolean(), (typed, literal) => {
      const words = typed.trim().split(/\s+/).join(' ');
      const task = understand(typed, literal, noon);
      assert.equal(task ? [task.title, task.word].filter(Boolean).join(' ') : '', words);
    }),
  );
});
