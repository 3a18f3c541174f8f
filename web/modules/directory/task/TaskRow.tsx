import { Link } from '@tanstack/react-router';
import { Repeat } from 'lucide-react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { WaitingMark } from '../../../platform/offline/WaitingMark.tsx';
import { attempt } from '../../../platform/query/attempt.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { Avatar } from '../../../ui/Avatar.tsx';
import { Badge } from '../../../ui/Badge.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { useNow } from '../../../ui/clock.ts';
import { cx } from '../../../ui/cx.ts';
import { DateText } from '../../../ui/DateText.tsx';
import { useFocusHeir } from '../../../ui/focusHeir.ts';
import { Tooltip } from '../../../ui/Tooltip.tsx';
import { dueOf, seriesDay } from './due.ts';
import { recurrenceText } from './recurrence.ts';
import { priorities, priorityMeanings, setDone, subjectOf, type Task } from './task.ts';

interface TaskRowProps {
  task: Task;
  onOpen: (task: Task) => void;
  /** On the page of its subject, which would be the same in every row. */
  hideSubject?: boolean;
  /** Among tasks of one person their name says nothing. */
  hideAssignee?: boolean;
  /** More to do with it, at the end of the row. */
  end?: ReactNode;
  row?: Ref<HTMLLIElement>;
  onKeyDown?: (event: KeyboardEvent) => void;
  className?: string;
}

export function TaskRow({ task, onOpen, hideSubject, hideAssignee, end, row, onKeyDown, className }: TaskRowProps) {
  const may = useMay();
  const now = useNow();
  const focus = useFocusHeir();
  const done = task.status === 'done';
  const dueWhen = dueOf(task);
  const late = !done && task.due_at !== null && new Date(task.due_at).getTime() < now;
  const subject = subjectOf(task.records);
  const meaning = priorityMeanings[task.priority];
  const repeats = task.recurrence && !done && recurrenceText(task.recurrence, seriesDay(task));
  const due = dueWhen && (
    <span className={cx('shrink-0 tabular-nums', late ? 'font-medium text-bad-ink' : 'text-muted')}>
      {late && <span className="sr-only">{t('Overdue:')} </span>}
      <DateText value={dueWhen} />
    </span>
  );
  return (
    <li
      {...focus}
      ref={row}
      onKeyDown={onKeyDown}
      className={cx(
        'group/task flex min-h-10 items-center gap-3 rounded-md px-2 py-1 text-13 hover:bg-hover pointer-coarse:min-h-12',
        className,
      )}
    >
      <Checkbox
        checked={done}
        disabled={!may('task', 'update', task.assignee_id)}
        label={
          done ? t('Open “{title}” again', { title: task.title }) : t('Mark “{title}” as done', { title: task.title })
        }
        onChange={(next) => void attempt(() => setDone(task, next))}
      />
      <div className="flex min-w-0 flex-1 items-center gap-x-3 max-sm:flex-col max-sm:items-stretch">
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3">
          <button
            type="button"
            className="min-w-0 truncate rounded-sm text-start font-medium hover:underline leading-6"
            data-task-title={task.id}
            data-heir=""
            onClick={() => onOpen(task)}
          >
            <bdi className={cx(done && 'font-normal text-muted line-through')}>{task.title}</bdi>
          </button>
          {hideSubject && due && <span className="w-full text-12">{due}</span>}
          {subject && !hideSubject && (
            <Link
              to={subject.to}
              className="min-w-0 truncate rounded-sm text-muted hover:text-ink hover:underline leading-6"
            >
              <bdi>{subject.name}</bdi>
              {subject.others > 0 && t(' and {count, number} more', { count: subject.others })}
            </Link>
          )}
        </div>
        <div className="flex shrink-0 items-center gap-3 empty:hidden max-sm:text-12">
          <WaitingMark of={task} />
          {repeats && (
            <Tooltip label={repeats}>
              <span className="text-muted">
                <Repeat size={14} />
                <span className="sr-only">{repeats}</span>
              </span>
            </Tooltip>
          )}
          {meaning && !done && (
            <Badge meaning={meaning}>{priorities.find(({ value }) => value === task.priority)?.label}</Badge>
          )}
          {!hideSubject && due}
        </div>
      </div>
      {task.assignee && !hideAssignee && (
        <Tooltip label={task.assignee.name}>
          <span>
            <Avatar name={task.assignee.name} />
            <span className="sr-only">{task.assignee.name}</span>
          </span>
        </Tooltip>
      )}
      {end}
    </li>
  );
}
