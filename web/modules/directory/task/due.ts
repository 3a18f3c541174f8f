import type { Filter } from '../../../platform/record/filter/filter.ts';
import { dayOf } from '../../../platform/record/filter/values.ts';
import { t } from '../../../text/text.ts';
import { dayAfter, startOf } from '../../../ui/calendar/days.ts';
import { daysFromToday } from '../../../ui/format.ts';
import { Temporal } from '../../../ui/temporal.ts';
import type { Task } from './task.ts';

/** A meeting or call that has not ended; one that was logged has. */
export const isToCome = (
  { occurred_at, duration_minutes }: { occurred_at: string; duration_minutes: number | null },
  now: number,
): boolean => Date.parse(occurred_at) + (duration_minutes ?? 0) * 60_000 > now;

type Due = Pick<Task, 'due_on' | 'due_at'>;

/** A day, or a time. */
export const dueOf = ({ due_on, due_at }: Due): string | null => due_on ?? due_at;

/** The day of that; undefined: it is due at no time. */
export const dueDay = ({ due_on, due_at }: { [field in keyof Due]?: unknown }): string | undefined =>
  dayOf(due_on) || dayOf(due_at) || undefined;

/**
 * The day from which a task's series is counted, whose weekday it keeps: also where a single task was put off. A series
 * of days has it in UTC.
 */
export const seriesDay = ({ series_start, ...due }: Due & Pick<Task, 'series_start'>): string | undefined =>
  (due.due_on ? series_start?.slice(0, 10) : dayOf(series_start)) || dueDay(due);

export interface DueGroup<T> {
  label: string;
  tasks: T[];
}

const groups: { label: string; holds: (days: number | null) => boolean }[] = [
  { label: t('Overdue'), holds: (days) => days !== null && days < 0 },
  { label: t('Today'), holds: (days) => days === 0 },
  { label: t('Next seven days'), holds: (days) => days !== null && days > 0 && days <= 7 },
  { label: t('Later'), holds: (days) => days !== null && days > 7 },
  { label: t('No date'), holds: (days) => days === null },
];

/** Tasks by when they are due; groups without one are left out. */
export function groupByDue<T extends Due>(tasks: readonly T[], now = Date.now()): DueGroup<T>[] {
  return groups
    .map(({ label, holds }) => ({
      label,
      tasks: tasks.filter((task) => {
        const due = dueOf(task);
        return holds(due === null ? null : daysFromToday(due, now));
      }),
    }))
    .filter((group) => group.tasks.length > 0);
}

/**
 * Between which moments something is due on one of these days, wherever its assignee lives: where clocks are furthest
 * apart, a day ends 26 hours later or earlier.
 */
export const endsOf = (days: readonly string[], zone: string): [from: string, to: string] => [
  startOf(daysLater(days[0]!, -1), zone),
  startOf(daysLater(days.at(-1)!, 3), zone),
];

const daysLater = (day: string, days: number): string => Temporal.PlainDate.from(day).add({ days }).toString();

/** Filters for tasks that are due on these days: at a time by the viewer's calendar, or on a day. */
export function dueWithin(days: readonly string[], zone: string): Filter[] {
  const [from, to] = endsOf(days, zone);
  const [first, last] = [days[0]!, days.at(-1)!];
  return [
    { field: 'due_at', op: 'gte', value: from },
    { field: 'due_at', op: 'lt', value: to },
    {
      or: [
        {
          and: [
            { field: 'due_on', op: 'gte', value: first },
            { field: 'due_on', op: 'lte', value: last },
          ],
        },
        {
          and: [
            { field: 'due_on', op: 'is_empty' },
            { field: 'due_at', op: 'gte', value: startOf(first, zone) },
            { field: 'due_at', op: 'lt', value: startOf(dayAfter(last), zone) },
          ],
        },
      ],
    },
  ];
}
