import { changing } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { inTurn } from '../../../platform/query/lanes.ts';
import { replaceRow } from '../../../platform/query/lists.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { saveRecord } from '../../../platform/query/records.ts';
import { t } from '../../../text/text.ts';
import { dayAfter, mondayAfter, movedTo } from '../../../ui/calendar/days.ts';
import { formatDay, today, zoneOfReader } from '../../../ui/format.ts';
import { toast } from '../../../ui/toast.ts';
import type { Task } from './task.ts';

export type Snooze = 'tomorrow' | 'next_week';

/** Puts a task off, at its time of the day if it has one. */
export async function snooze(task: Task, until: Snooze): Promise<void> {
  const day = until === 'tomorrow' ? dayAfter(today()) : mondayAfter(today());
  const due = task.due_at && !task.due_on ? { due_at: movedTo(task.due_at, { day }, zoneOfReader()) } : { due_on: day };
  await attempt(() => saveRecord('task', task, due, t('Postponed to {day}', { day: formatDay(day) })));
}

/** Puts tasks in this order, at once on the page; taken back by the order of before. */
export async function putInOrder(tasks: readonly Task[], before: readonly Task[], title?: string): Promise<void> {
  for (const [index, task] of tasks.entries()) replaceRow('task', { ...task, position: index + 1 } as Task);
  const saved = await attempt(() =>
    inTurn('task order', () => changing.put('/task-order', { ids: tasks.map(({ id }) => id) })),
  );
  await queryClient.invalidateQueries({ queryKey: ['task', 'list'] });
  if (saved && title) toast(title, { action: { label: t('Undo'), run: () => void putInOrder(before, tasks) } });
}
