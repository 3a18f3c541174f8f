import { Link } from '@tanstack/react-router';
import { viewLink } from '../../../platform/page/viewLink.ts';
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
    <Link key={view} to="/tasks" search={{ view: view === 'day' ? undefined : view }} {...viewLink(view === current)}>
      {labels[view]}
    </Link>
  ));
}
