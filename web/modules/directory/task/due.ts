import { t } from '../../../text/text.ts';
import { daysFromToday } from '../../../ui/format.ts';

interface Due {
  due_at: string | null;
}

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
      tasks: tasks.filter((task) => holds(task.due_at === null ? null : daysFromToday(task.due_at, now))),
    }))
    .filter((group) => group.tasks.length > 0);
}
