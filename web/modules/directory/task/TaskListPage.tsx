import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus, SquareCheck } from 'lucide-react';
import { useState } from 'react';
import { NoRightsPage } from '../../../app/NoRightsPage.tsx';
import { PageBar } from '../../../app/PageBar.tsx';
import { messageOf } from '../../../app/problem.ts';
import { useRecords } from '../../../app/records.ts';
import { type Session, useMay, useSession } from '../../../app/session.tsx';
import { useKey } from '../../../app/shortcuts.ts';
import { usePageTitle } from '../../../app/usePageTitle.ts';
import type { Filter } from '../../../record/filter/filter.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { groupByDue } from './due.ts';
import { LazyTaskDialog } from './LazyTaskDialog.tsx';
import { TaskRow } from './TaskRow.tsx';
import { TaskTabs } from './TaskTabs.tsx';
import type { Task } from './task.ts';
import type { TaskSearch, TaskView } from './taskSearch.ts';

const open_: Filter = { field: 'status', op: 'eq', value: 'open' };

function filterOf(view: TaskView, { user }: Session): Filter {
  const mine: Filter = { field: 'assignee_id', op: 'eq', value: user.id };
  if (view === 'all') return open_;
  if (view === 'done') return { and: [mine, { field: 'status', op: 'eq', value: 'done' }] };
  return { and: [mine, open_] };
}

const nothing: Record<TaskView, { title: string; text: string }> = {
  mine: { title: 'Nothing is waiting for you', text: 'Tasks assigned to you show up here, the most urgent first.' },
  all: { title: 'No open tasks', text: 'Everything has been done, or nobody has written a task yet.' },
  done: { title: 'Nothing done yet', text: 'Tasks you tick off are kept here.' },
};

export default function TaskListPage() {
  usePageTitle('Tasks');
  const may = useMay();
  const session = useSession();
  const search = useSearch({ strict: false }) as TaskSearch;
  const navigate = useNavigate();
  const [open, setOpen] = useState<Task | null>(null);
  const view = search.view ?? 'mine';
  const tasks = useRecords<Task>('task', {
    filter: filterOf(view, session),
    sort: view === 'done' ? '-updated_at' : 'due_at',
    limit: 100,
  });
  const mayCreate = may('task', 'create');
  const creating = (create: boolean) =>
    void navigate({ to: '/tasks', search: { view: search.view, create: create || undefined }, replace: true });
  useKey('c', mayCreate ? () => creating(true) : null);
  if (!may('task', 'read')) return <NoRightsPage title={t('Your role does not let you see tasks')} />;

  return (
    <>
      <PageBar
        title={<h1>Tasks</h1>}
        views={<TaskTabs current={view} />}
        actions={
          mayCreate && (
            <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => creating(true)}>
              <span className="max-sm:sr-only">New task</span>
            </Button>
          )
        }
      />
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        <div className="mx-auto max-w-4xl px-2 py-4 md:px-6">
          {tasks.isPending ? (
            <SkeletonRows label="Loading tasks" />
          ) : tasks.isError ? (
            <ErrorState
              title="The tasks could not be read"
              detail={messageOf(tasks.error)}
              onRetry={() => void tasks.refetch()}
            />
          ) : tasks.rows.length === 0 ? (
            <EmptyState
              icon={<SquareCheck size={18} />}
              title={nothing[view].title}
              action={mayCreate && view !== 'done' && <Button onClick={() => creating(true)}>New task</Button>}
            >
              {nothing[view].text}
            </EmptyState>
          ) : view === 'done' ? (
            <ul>
              {tasks.rows.map((task) => (
                <TaskRow key={task.id} task={task} onOpen={setOpen} />
              ))}
            </ul>
          ) : (
            groupByDue(tasks.rows).map((group) => (
              <section key={group.label} aria-label={group.label} className="mb-6">
                <h2 className="mb-1 flex items-baseline gap-2 px-2 text-13">
                  {group.label}
                  <span className="text-12 font-normal text-faint tabular-nums">{group.tasks.length}</span>
                </h2>
                <ul>
                  {group.tasks.map((task) => (
                    <TaskRow key={task.id} task={task} onOpen={setOpen} />
                  ))}
                </ul>
              </section>
            ))
          )}
          {tasks.hasNextPage && (
            <Button className="mt-2" busy={tasks.isFetchingNextPage} onClick={() => void tasks.fetchNextPage()}>
              Show more
            </Button>
          )}
        </div>
      </div>
      {open && <LazyTaskDialog task={open} onClose={() => setOpen(null)} />}
      {search.create && mayCreate && <LazyTaskDialog onClose={() => creating(false)} />}
    </>
  );
}
