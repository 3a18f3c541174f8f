import { useNavigate, useSearch } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Suspense, useState } from 'react';
import { NoRightsPage } from '../../../platform/page/NoRightsPage.tsx';
import { PageBar } from '../../../platform/page/PageBar.tsx';
import { useKey } from '../../../platform/page/useKey.ts';
import { usePageTitle } from '../../../platform/page/usePageTitle.ts';
import type { Values } from '../../../platform/record/values.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { Button } from '../../../ui/Button.tsx';
import { SkeletonRows } from '../../../ui/Skeleton.tsx';
import { fromTyped } from '../../../ui/zoned.ts';
import { LazyTaskDialog } from './LazyTaskDialog.tsx';
import { LinkedTask } from './LinkedTask.tsx';
import { MyDay } from './MyDay.tsx';
import { TaskList } from './TaskList.tsx';
import { TaskTabs } from './TaskTabs.tsx';
import type { Task } from './task.ts';
import type { TaskSearch } from './taskSearch.ts';

const TaskCalendar = lazyPart(() => import('./TaskCalendar.tsx'));

export default function TaskPage() {
  usePageTitle(t('Tasks'));
  const may = useMay();
  const search = useSearch({ strict: false }) as TaskSearch;
  const navigate = useNavigate();
  const [open, setOpen] = useState<Task | null>(null);
  const [start, setStart] = useState<Values>({});
  const view = search.view ?? 'day';
  const mayCreate = may('task', 'create');
  const creating = (create: boolean, values: Values = {}) => {
    setStart(values);
    void navigate({ to: '/tasks', search: { ...search, create: create || undefined }, replace: true });
  };
  const unlink = () => void navigate({ to: '/tasks', search: { ...search, task: undefined }, replace: true });
  useKey('c', mayCreate ? () => creating(true) : null);
  if (!may('task', 'read')) return <NoRightsPage title={t('Your role does not let you see tasks')} />;

  return (
    <>
      <PageBar
        title={<h1>{t('Tasks')}</h1>}
        views={<TaskTabs current={view} />}
        actions={
          mayCreate && (
            <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => creating(true)}>
              <span className="max-sm:sr-only">{t('New task')}</span>
            </Button>
          )
        }
      />
      {view === 'calendar' ? (
        <Suspense fallback={<SkeletonRows label={t('Loading the calendar')} />}>
          <TaskCalendar
            search={search}
            onOpen={setOpen}
            onAdd={mayCreate ? (to) => creating(true, dueAt(to)) : undefined}
          />
        </Suspense>
      ) : view === 'day' ? (
        <MyDay onOpen={setOpen} />
      ) : (
        <TaskList view={view} onOpen={setOpen} onCreate={mayCreate ? () => creating(true) : undefined} />
      )}
      {search.task && <LinkedTask id={search.task} onClose={unlink} />}
      {open && <LazyTaskDialog task={open} onClose={() => setOpen(null)} />}
      {search.create && mayCreate && <LazyTaskDialog start={start} onClose={() => creating(false)} />}
    </>
  );
}

function dueAt({ day, minutes }: { day: string; minutes?: number }): Values {
  if (minutes === undefined) return { due_on: day };
  const two = (number: number) => String(number).padStart(2, '0');
  return { due_at: fromTyped(`${day}T${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`) };
}
