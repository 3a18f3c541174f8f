import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import { setFormat } from '../../../ui/format.ts';
import { dueWithin, endsOf, groupByDue, isToCome } from './due.ts';

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

/** As the server has it. */
function meets(task: Record<string, string | null>, filter: Filter): boolean {
  if ('and' in filter) return filter.and.every((part) => meets(task, part));
  if ('or' in filter) return filter.or.some((part) => meets(task, part));
  const { field, op, value } = filter as { field: string; op: string; value?: string };
  const held = task[field] ?? null;
  if (op === 'is_empty') return held === null;
  const order =
    held === null
      ? Number.NaN
      : held.length === 10
        ? held.localeCompare(value!)
        : Date.parse(held) - Date.parse(value!);
  return op === 'gte' ? order >= 0 : op === 'lte' ? order <= 0 : order < 0;
}

test('a week has what is due on its days by the clock of whoever looks, and by the day wherever its assignee lives', () => {
  const days = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'];
  for (const [zone, due_at] of [
    // The last second of a day at either side of the date line, as those at the other side see it.
    ['Pacific/Kiritimati', '2026-11-23T10:59:59Z'],
    ['Pacific/Niue', '2026-11-22T09:59:59Z'],
  ] as const) {
    const filter = { and: dueWithin(days, zone) };
    for (const [due_on, within] of [
      ['2026-11-22', true],
      ['2026-11-23', false],
      ['2026-11-15', false],
    ] as const)
      assert.equal(meets({ due_on, due_at }, filter), within, `${zone} ${due_on}`);
    const [from, to] = endsOf(days, zone);
    assert.ok(Date.parse(from) <= Date.parse('2026-11-16T09:59:59Z') && Date.parse(due_at) < Date.parse(to), zone);
  }
  const filter = { and: dueWithin(days, 'Europe/Berlin') };
  const times = ['2026-11-15T22:59:59Z', '2026-11-15T23:00:00Z', '2026-11-22T22:59:59Z', '2026-11-22T23:00:00Z'];
  assert.deepEqual(
    times.map((due_at) => meets({ due_on: null, due_at }, filter)),
    [false, true, true, false],
  );
});

test('a meeting is to come until it has ended, and a call that was logged is not', () => {
  const at = (occurred_at: string, duration_minutes: number | null) =>
    isToCome({ occurred_at, duration_minutes }, noon);
  assert.deepEqual(
    [
      at('2026-11-20T12:30:00Z', null),
      at('2026-11-20T11:45:00Z', 30),
      at('2026-11-20T11:30:00Z', 30),
      at('2026-11-20T11:59:00Z', null),
    ],
    [true, true, false, false],
  );
});
