import { t } from '../../../text/text.ts';
import { daysFromToday } from '../../../ui/format.ts';
import type { Task } from './task.ts';

type Due = Pick<Task, 'due_on' | 'due_at'>;

/** A day, or a time. */
export const dueOf = ({ due_on, due_at }: Due): string | null => due_on ?? due_at;

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
