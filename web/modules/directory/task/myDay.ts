import { useMemo } from 'react';
import { useAllRecords, useRecords } from '../../../platform/query/records.ts';
import type { Activity } from '../../../platform/record/timeline/timeline.ts';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { startOf } from '../../../ui/calendar/days.ts';
import { useNow, useToday } from '../../../ui/clock.ts';
import { daysFromToday, zoneOfReader } from '../../../ui/format.ts';
import { type DueGroup, dueOf, groupByDue, isToCome } from './due.ts';
import type { Task } from './task.ts';

const tasks_max = 600;
const planned_max = 50;
const days_ahead = 7;
const minute_ms = 60_000;

export interface DaySection extends DueGroup<Task> {
  /** Meetings and calls that are still to come. */
  planned: Activity[];
}

/** What the day holds for whoever is signed in, and what comes after it. */
export function useMyDay() {
  const { user } = useSession();
  const may = useMay();
  const today = useToday();
  const tasks = useAllRecords<Task>('task', tasks_max, {
    filter: {
      and: [
        { field: 'assignee_id', op: 'eq', value: user.id },
        { field: 'status', op: 'eq', value: 'open' },
      ],
    },
    sort: 'due_at',
  });
  const planned = useRecords<Activity>('activity', {
    enabled: may('activity', 'read'),
    filter: {
      and: [
        { field: 'author_id', op: 'eq', value: user.id },
        { field: 'kind', op: 'in', value: ['call', 'meeting'] },
        { field: 'occurred_at', op: 'gte', value: startOf(today, zoneOfReader()) },
      ],
    },
    sort: 'occurred_at',
    limit: planned_max,
  });
  const minute = Math.floor(useNow() / minute_ms);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as it is now, told again each minute; a call that was logged in this one is no more to come
  const sections = useMemo(() => sectionsOf(tasks.rows, planned.rows), [tasks.rows, planned.rows, minute]);
  return { tasks, sections };
}

export function sectionsOf(tasks: readonly Task[], planned: readonly Activity[]): DaySection[] {
  const now = Date.now();
  const groups = groupByDue([...tasks].sort(byPlace), now);
  const at = (label: string): DueGroup<Task> => groups.find((group) => group.label === label) ?? { label, tasks: [] };
  const within = (from: number, to: number) =>
    planned.filter((activity) => {
      const days = daysFromToday(activity.occurred_at, now);
      return days >= from && days <= to && isToCome(activity, now);
    });
  return [
    { ...at(t('Overdue')), planned: [] },
    { ...at(t('Today')), planned: within(0, 0) },
    { ...at(t('Next seven days')), planned: within(1, days_ahead) },
    { ...at(t('Later')), planned: [] },
    { ...at(t('No date')), planned: [] },
  ].filter((section) => section.tasks.length + section.planned.length > 0);
}

/** Within today as somebody has put them, the others behind, by when they are due. */
function byPlace(a: Task, b: Task): number {
  const place = (task: Task) =>
    dueOf(task) !== null && daysFromToday(dueOf(task)!) === 0
      ? (task.position ?? Number.POSITIVE_INFINITY)
      : Number.POSITIVE_INFINITY;
  const [one, other] = [place(a), place(b)];
  if (one !== other) return one < other ? -1 : 1;
  return (a.due_at ?? '9').localeCompare(b.due_at ?? '9') || a.id.localeCompare(b.id);
}
