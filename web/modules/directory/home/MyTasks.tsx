import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useRecords } from '../../../platform/query/records.ts';
import { NotRead } from '../../../platform/record/RelatedList.tsx';
import { t } from '../../../text/text.ts';
import { startOf } from '../../../ui/calendar/days.ts';
import { useToday } from '../../../ui/clock.ts';
import { zoneOfReader } from '../../../ui/format.ts';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { LazyTaskDialog } from '../task/LazyTaskDialog.tsx';
import { type DaySection, sectionsOf, useMyDay } from '../task/myDay.ts';
import { PlannedRow } from '../task/PlannedRow.tsx';
import { TaskRow } from '../task/TaskRow.tsx';
import type { Task } from '../task/task.ts';

const shown_max = 12;

/** What is due: one's own, or for those who have nothing to do what lies ahead of everybody. */
export function MyTasks() {
  const [open, setOpen] = useState<Task | null>(null);
  const { tasks: mine, sections } = useMyDay();
  const none = mine.isSuccess && sections.length === 0;
  const today = useToday();
  const everybodys = useRecords<Task>('task', {
    enabled: none,
    filter: {
      and: [
        { field: 'status', op: 'eq', value: 'open' },
        { field: 'due_at', op: 'gte', value: startOf(today, zoneOfReader()) },
      ],
    },
    sort: 'due_at',
    limit: shown_max,
  });
  const tasks = none ? everybodys : mine;
  const shown = firstOf(none ? sectionsOf(everybodys.rows, []) : sections, shown_max);
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
      ) : tasks.isLoadingError ? (
        <NotRead />
      ) : shown.length === 0 ? (
        <p className="text-13 text-muted">{t('There are no open tasks.')}</p>
      ) : (
        shown.map((section) => (
          <div key={section.label} className="mb-3">
            <h3 className="text-12 font-medium text-muted">{section.label}</h3>
            <ul data-rows="" className="-mx-2">
              {section.planned.map((activity) => (
                <PlannedRow key={activity.id} activity={activity} />
              ))}
              {section.tasks.map((task) => (
                <TaskRow key={task.id} task={task} onOpen={setOpen} hideAssignee={!none} />
              ))}
            </ul>
          </div>
        ))
      )}
      {open && <LazyTaskDialog task={open} onClose={() => setOpen(null)} />}
    </section>
  );
}

/** The first tasks of the day, as many as there is room for. */
function firstOf(sections: readonly DaySection[], most: number): DaySection[] {
  let room = most;
  return sections.flatMap((section) => {
    const planned = section.planned.slice(0, room);
    const tasks = section.tasks.slice(0, room - planned.length);
    room -= planned.length + tasks.length;
    return planned.length + tasks.length > 0 ? [{ ...section, planned, tasks }] : [];
  });
}
