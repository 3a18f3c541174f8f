import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFormat } from '../../../ui/format.ts';
import { groupByDue } from './due.ts';

const noon = Date.parse('2026-11-20T12:00:00Z');

test('every task stands in exactly one group, in the order of the groups', () => {
  setFormat({ locale: 'en', time_zone: 'UTC' });
  const due = [null, '2026-11-19T23:00:00Z', '2026-11-20T08:00:00Z', '2026-11-27T08:00:00Z', '2026-11-28T08:00:00Z'];
  const groups = groupByDue(
    due.map((due_at) => ({ due_on: null, due_at })),
    noon,
  );
  assert.deepEqual(
    groups.map(({ label, tasks }) => [label, tasks.map(({ due_at }) => due_at)]),
    [
      ['Overdue', ['2026-11-19T23:00:00Z']],
      ['Today', ['2026-11-20T08:00:00Z']],
      ['Next seven days', ['2026-11-27T08:00:00Z']],
      ['Later', ['2026-11-28T08:00:00Z']],
      ['No date', [null]],
    ],
  );
});

test('what is due on a day stands in the group of that day, wherever its assignee lives', () => {
  setFormat({ locale: 'en', time_zone: 'UTC' });
  const [group] = groupByDue([{ due_on: '2026-11-20', due_at: '2026-11-21T07:59:59Z' }], noon);
  assert.equal(group!.label, 'Today');
});
