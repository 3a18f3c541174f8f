import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { messageOf } from '../../../platform/query/problem.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { saveRecord, useAllRecords } from '../../../platform/query/records.ts';
import type { Filter } from '../../../platform/record/filter/filter.ts';
import { useMoves } from '../../../platform/record/layouts/useMoves.ts';
import { useMay, useSession } from '../../../platform/session/session.tsx';
import { activeLocale } from '../../../text/locale.ts';
import { t } from '../../../text/text.ts';
import { Calendar } from '../../../ui/calendar/Calendar.tsx';
import { CalendarBar } from '../../../ui/calendar/CalendarBar.tsx';
import { daysOf, firstDayOf } from '../../../ui/calendar/days.ts';
import type { CalendarItem } from '../../../ui/calendar/item.ts';
import { useToday } from '../../../ui/clock.ts';
import { ErrorState } from '../../../ui/ErrorState.tsx';
import { formatDay, today, zoneOfReader } from '../../../ui/format.ts';
import { Segments } from '../../../ui/Segments.tsx';
import { dueOf, dueWithin, endsOf } from './due.ts';
import { priorityMeanings, type Task } from './task.ts';
import type { TaskSearch } from './taskSearch.ts';

/** More than anybody could look through in a month. */
const rows_max = 1000;

interface TaskItem extends CalendarItem {
  /** Without one it is foreseen: the task that it comes of is another. */
  task: Task | null;
  taskId: string;
}

interface Occurrence {
  task_id: string;
  title: string;
  due_at: string;
  due_on: string | null;
}

interface TaskCalendarProps {
  search: TaskSearch;
  onOpen: (task: Task) => void;
  onAdd?: (to: { day: string; minutes?: number }) => void;
}

/** What is due when, to be moved about. */
export default function TaskCalendar({ search, onOpen, onAdd }: TaskCalendarProps) {
  const { user } = useSession();
  const may = useMay();
  const navigate = useNavigate();
  const thisDay = useToday();
  const { span = 'month', on: anchor = thisDay, who } = search;
  const days = daysOf(span, anchor, firstDayOf(activeLocale()));
  const zone = zoneOfReader();
  const tasks = useAllRecords<Task>('task', rows_max, {
    filter: due(days, zone, who === 'all' ? null : user.id),
    sort: 'due_at',
  });
  const [from, to] = endsOf(days, zone);
  const { data: { data: foreseen, is_cut } = { data: [], is_cut: false } } = useQuery({
    queryKey: ['task', 'other', 'occurrences', days[0], days.at(-1), zone, who],
    queryFn: ({ signal }) =>
      api.get<{ data: Occurrence[]; is_cut: boolean }>(
        '/task-occurrences',
        {
          from,
          to,
          assignee_id: who === 'all' ? null : user.id,
        },
        signal,
      ),
  });

  const show = (shown: Partial<TaskSearch>) =>
    void navigate({ to: '/tasks', search: { ...search, ...shown }, replace: true });

  const { move, moves } = useMoves<Task>(async (task, at) => {
    const isDay = at.length === 10;
    const day = formatDay(isDay ? at : today(Date.parse(at)));
    try {
      return await saveRecord('task', task, isDay ? { due_on: at } : { due_at: at }, t('Due on {day}', { day }));
    } finally {
      // Before it counts as moved: a list that was asked for earlier would put it back for a moment.
      await queryClient.invalidateQueries({ queryKey: ['task', 'list'] });
    }
  });

  if (tasks.isLoadingError)
    return (
      <ErrorState
        title={t('The tasks could not be read')}
        detail={messageOf(tasks.error)}
        onRetry={() => void tasks.refetch()}
      />
    );
  return (
    <>
      <CalendarBar span={span} anchor={anchor} onShow={({ span, anchor: on }) => show({ span, on })}>
        <Segments
          label={t('Whose')}
          options={[
            { value: 'mine', label: t('Mine') },
            { value: 'all', label: t('Everyone’s') },
          ]}
          value={who ?? 'mine'}
          onChange={(value) => show({ who: value === 'all' ? 'all' : undefined })}
        />
      </CalendarBar>
      {tasks.isCut && (
        <p className="border-b border-line px-5 py-2 text-12 text-attention-ink">
          {t('Only the first {count, number} tasks are shown: choose a week, or your own.', { count: rows_max })}
        </p>
      )}
      {is_cut && (
        <p className="border-b border-line px-5 py-2 text-12 text-attention-ink">
          {t('Too many tasks repeat to show them all: of those that are due last, only the next time is shown.')}
        </p>
      )}
      <Calendar<TaskItem>
        label={t('Calendar of tasks')}
        span={span}
        anchor={anchor}
        times="some"
        items={[...tasks.rows.map((task) => itemOf(task, moves.get(task.id)?.at)), ...foreseen.map(foreseenItem)]}
        loading={tasks.isPending}
        movable={({ task }) => task !== null && may('task', 'update', task.assignee_id)}
        onMove={({ task }, at) => task && void move(task, at)}
        onOpen={({ task, taskId }) =>
          task ? onOpen(task) : void attempt(async () => onOpen(await api.get<Task>(`/tasks/${taskId}`)))
        }
        onAdd={onAdd}
        onShow={({ span, anchor: on }) => show({ span, on })}
      />
    </>
  );
}

function due(days: readonly string[], zone: string, assignee: string | null): Filter {
  const within = dueWithin(days, zone);
  return { and: assignee ? [{ field: 'assignee_id', op: 'eq', value: assignee }, ...within] : within };
}

const itemOf = (task: Task, moved_to: string | undefined): TaskItem => ({
  id: task.id,
  at: moved_to ?? dueOf(task)!,
  title: task.title,
  done: task.status === 'done',
  tone: task.status === 'done' ? 'good' : (priorityMeanings[task.priority] ?? 'neutral'),
  task,
  taskId: task.id,
});

const foreseenItem = ({ task_id, title, due_at, due_on }: Occurrence): TaskItem => ({
  id: `${task_id} ${due_at}`,
  at: due_on ?? due_at,
  title,
  foreseen: true,
  task: null,
  taskId: task_id,
});
