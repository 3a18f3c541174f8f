import { Link } from '@tanstack/react-router';
import { t } from '../../../text/text.ts';
import { type TaskView, taskViews } from './taskSearch.ts';

const labels: Record<TaskView, string> = {
  day: t('My day'),
  calendar: t('Calendar'),
  all: t('Everyone’s'),
  done: t('Done'),
};

export function TaskTabs({ current }: { current: TaskView }) {
  return taskViews.map((view) => (
    <Link
      key={view}
      to="/tasks"
      search={{ view: view === 'day' ? undefined : view }}
      activeOptions={{ explicitUndefined: true }}
      data-current={view === current ? '' : undefined}
      className="flex h-7 shrink-0 items-center rounded-md px-2 text-13 text-muted hover:bg-hover hover:text-ink data-current:bg-pressed data-current:font-medium data-current:text-ink"
    >
      {labels[view]}
    </Link>
  ));
}
