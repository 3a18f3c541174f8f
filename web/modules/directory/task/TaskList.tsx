import { SquareCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { messageOf } from '../../../platform/query/problem.ts';
import { useRecords } from '../../../platform/query/records.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { useSession } from '../../../platform/session/session.tsx';
import type { Session } from '../../../platform/session/sessionView.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { useNow } from '../../../ui/clock.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { groupByDue } from './due.ts';
import { TaskRow } from './TaskRow.tsx';
import type { Task } from './task.ts';

export type TaskListView = 'all' | 'done';

const open_: Filter = { field: 'status', op: 'eq', value: 'open' };

function filterOf(view: TaskListView, { user }: Session): Filter {
  if (view === 'all') return open_;
  return {
    and: [
      { field: 'assignee_id', op: 'eq', value: user.id },
      { field: 'status', op: 'eq', value: 'done' },
    ],
  };
}

const nothing: Record<TaskListView, { title: string; text: string }> = {
  all: { title: t('No open tasks'), text: t('Everything is done, or there are no tasks yet.') },
  done: { title: t('Nothing done yet'), text: t('Completed tasks are kept here.') },
};

interface TaskListProps {
  view: TaskListView;
  onOpen: (task: Task) => void;
  onCreate?: () => void;
}

export function TaskList({ view, onOpen, onCreate }: TaskListProps) {
  const session = useSession();
  const now = useNow();
  const tasks = useRecords<Task>('task', {
    filter: filterOf(view, session),
    sort: view === 'done' ? '-updated_at' : 'due_at',
    limit: 100,
  });
  return (
    <TaskSheet>
      {tasks.isPending ? (
        <SkeletonRows label={t('Loading tasks')} />
      ) : tasks.isLoadingError ? (
        <ErrorState
          title={t('The tasks could not be read')}
          detail={messageOf(tasks.error)}
          onRetry={() => void tasks.refetch()}
        />
      ) : tasks.rows.length === 0 ? (
        <EmptyState
          icon={<SquareCheck size={18} />}
          title={nothing[view].title}
          action={onCreate && view !== 'done' && <Button onClick={onCreate}>{t('New task')}</Button>}
        >
          {nothing[view].text}
        </EmptyState>
      ) : view === 'done' ? (
        <ul data-rows="">
          {tasks.rows.map((task) => (
            <TaskRow key={task.id} task={task} onOpen={onOpen} />
          ))}
        </ul>
      ) : (
        groupByDue(tasks.rows, now).map((group) => (
          <TaskSection key={group.label} label={group.label} count={group.tasks.length}>
            {group.tasks.map((task) => (
              <TaskRow key={task.id} task={task} onOpen={onOpen} />
            ))}
          </TaskSection>
        ))
      )}
      {tasks.isFetchNextPageError && <NotRead />}
      {tasks.hasNextPage && (
        <Button className="mt-2" busy={tasks.isFetchingNextPage} onClick={() => void tasks.fetchNextPage()}>
          {t('Show more')}
        </Button>
      )}
    </TaskSheet>
  );
}

export function TaskSheet({ children }: { children: ReactNode }) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
      <div className="mx-auto max-w-4xl px-2 py-4 md:px-6">{children}</div>
    </div>
  );
}

interface TaskSectionProps {
  label: string;
  count: number;
  children: ReactNode;
}

export function TaskSection({ label, count, children }: TaskSectionProps) {
  return (
    <section aria-label={label} className="mb-6">
      <h2 className="mb-1 flex items-baseline gap-2 px-2 text-13">
        {label}
        <span className="text-12 font-normal text-faint tabular-nums">{count}</span>
      </h2>
      <ul data-rows="">{children}</ul>
    </section>
  );
}
