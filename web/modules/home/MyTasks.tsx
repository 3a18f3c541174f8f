import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useRecords } from '../../app/records.ts';
import { useSession } from '../../app/session.tsx';
import { NotRead } from '../../record/RelatedList.tsx';
import { t } from '../../text/text.ts';
import { today } from '../../ui/format.ts';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { groupByDue } from '../directory/task/due.ts';
import { LazyTaskDialog } from '../directory/task/LazyTaskDialog.tsx';
import { TaskRow } from '../directory/task/TaskRow.tsx';
import type { Task } from '../directory/task/task.ts';

const shown_max = 12;

const startOfToday = () => new Date(`${today()}T00:00:00Z`).toISOString();

/** What is due: one's own, or for those who have nothing to do what lies ahead of everybody. */
export function MyTasks() {
  const { user } = useSession();
  const [open, setOpen] = useState<Task | null>(null);
  const mine = useRecords<Task>('task', {
    filter: {
      and: [
        { field: 'assignee_id', op: 'eq', value: user.id },
        { field: 'status', op: 'eq', value: 'open' },
      ],
    },
    sort: 'due_at',
    limit: shown_max,
  });
  const none = mine.isSuccess && mine.rows.length === 0;
  const everybodys = useRecords<Task>('task', {
    enabled: none,
    filter: {
      and: [
        { field: 'status', op: 'eq', value: 'open' },
        { field: 'due_at', op: 'gte', value: startOfToday() },
      ],
    },
    sort: 'due_at',
    limit: shown_max,
  });
  const tasks = none ? everybodys : mine;
  return (
    <section aria-label={t('Tasks')}>
      <div className="mb-2 flex items-baseline justify-between">
        <h2 className="text-14">{none ? t('Everyone’s tasks') : t('Your tasks')}</h2>
        <Link
          to="/tasks"
          search={{ view: none ? 'all' : undefined }}
          className="rounded-sm text-13 text-muted hover:text-ink"
        >
          {t('All tasks')}
        </Link>
      </div>
      {tasks.isPending ? (
        <SkeletonRows label={t('Loading tasks')} count={4} />
      ) : tasks.isError ? (
        <NotRead />
      ) : tasks.rows.length === 0 ? (
        <p className="text-13 text-muted">{t('Nothing is waiting to be done.')}</p>
      ) : (
        groupByDue(tasks.rows).map((group) => (
          <div key={group.label} className="mb-3">
            <h3 className="text-12 font-medium text-muted">{group.label}</h3>
            <ul className="-mx-2">
              {group.tasks.map((task) => (
                <TaskRow key={task.id} task={task} onOpen={setOpen} />
              ))}
            </ul>
          </div>
        ))
      )}
      {open && <LazyTaskDialog task={open} onClose={() => setOpen(null)} />}
    </section>
  );
}
