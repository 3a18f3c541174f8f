import { SquareCheck } from 'lucide-react';
import { useRef } from 'react';
import { messageOf } from '../../../platform/query/problem.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { EmptyState } from '../../../ui/EmptyState.tsx';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { DayTask } from './DayTask.tsx';
import { putInOrder } from './dayActions.ts';
import { useMyDay } from './myDay.ts';
import { PlannedRow } from './PlannedRow.tsx';
import { QuickAdd } from './QuickAdd.tsx';
import { TaskSection, TaskSheet } from './TaskList.tsx';
import type { Task } from './task.ts';

/** What is late, what is due today in the order one wants to do it, and what follows. */
export function MyDay({ onOpen }: { onOpen: (task: Task) => void }) {
  const may = useMay();
  const { tasks, sections } = useMyDay();
  const box = useRef<HTMLDivElement>(null);
  const order = sections.find(({ label }) => label === t('Today'))?.tasks ?? [];

  function place(id: string, index: number) {
    const from = order.findIndex((task) => task.id === id);
    const to = Math.max(0, Math.min(order.length - 1, index));
    const task = order[from];
    if (!task || from === to) return;
    const next = order.filter((other) => other !== task).toSpliced(to, 0, task);
    void putInOrder(next, order, t('“{title}” is number {place, number} today', { title: task.title, place: to + 1 }));
  }

  return (
    <TaskSheet>
      {may('task', 'create') && <QuickAdd />}
      {tasks.isPending ? (
        <SkeletonRows label={t('Loading tasks')} />
      ) : tasks.isLoadingError ? (
        <ErrorState
          title={t('The tasks could not be read')}
          detail={messageOf(tasks.error)}
          onRetry={() => void tasks.refetch()}
        />
      ) : sections.length === 0 ? (
        <EmptyState icon={<SquareCheck size={18} />} title={t('Nothing is waiting for you')}>
          {t('Tasks assigned to you show up here, the most urgent first.')}
        </EmptyState>
      ) : (
        <div ref={box}>
          {sections.map((section) => (
            <TaskSection
              key={section.label}
              label={section.label}
              count={section.tasks.length + section.planned.length}
            >
              {section.planned.map((activity) => (
                // Tasks have a button at their end.
                <PlannedRow key={activity.id} activity={activity} className="sm:pe-11! sm:pointer-coarse:pe-15!" />
              ))}
              {section.tasks.map((task, index) => (
                <DayTask
                  key={task.id}
                  task={task}
                  index={index}
                  orders={section.tasks === order}
                  onOpen={onOpen}
                  onPlace={place}
                  onStep={(by) => step(box.current, task.id, by)}
                />
              ))}
            </TaskSection>
          ))}
          <p className="px-2 text-12 text-muted pointer-coarse:hidden">
            {t(
              'On a task: arrows move, X completes it, T postpones it to tomorrow, W to next week, Shift and arrows reorder today.',
            )}
          </p>
        </div>
      )}
    </TaskSheet>
  );
}

/** Moves the focus to the title of the task above or below. */
function step(box: HTMLElement | null, id: string, by: 1 | -1) {
  const titles = [...(box?.querySelectorAll<HTMLElement>('[data-task-title]') ?? [])];
  titles[titles.findIndex((title) => title.dataset.taskTitle === id) + by]?.focus();
}
