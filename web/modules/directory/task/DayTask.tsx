import { CalendarClock } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { attempt } from '../../../platform/query/attempt.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { cx } from '../../../ui/cx.ts';
import { IconButton } from '../../../ui/IconButton.tsx';
import { keyOf } from '../../../ui/keys.ts';
import { Menu } from '../../../ui/Menu.tsx';
import { useSortable } from '../../../ui/useSortable.ts';
import { snooze } from './dayActions.ts';
import { TaskRow } from './TaskRow.tsx';
import { setDone, type Task } from './task.ts';

interface DayTaskProps {
  task: Task;
  index: number;
  /** Whether its section is in an order of one's own. */
  orders: boolean;
  onOpen: (task: Task) => void;
  onPlace: (id: string, index: number) => void;
  onStep: (by: 1 | -1) => void;
}

/** A task of one's day: ticked off, put off and put in order by mouse, touch and single keys. */
export function DayTask({ task, index, orders, onOpen, onPlace, onStep }: DayTaskProps) {
  const may = useMay();
  const row = useRef<HTMLLIElement>(null);
  const mayChange = may('task', 'update', task.assignee_id);
  const moves = orders && mayChange;

  const over = useSortable({ list: 'day', id: task.id, index, row, enabled: moves, onMove: onPlace });

  function onKeyDown(event: KeyboardEvent) {
    if (event.metaKey || event.ctrlKey || event.altKey || !(event.target as HTMLElement).dataset.taskTitle) return;
    const key = keyOf(event);
    const by = key === 'ArrowDown' || key === 'j' ? 1 : key === 'ArrowUp' || key === 'k' ? -1 : 0;
    if (by !== 0) {
      if (!event.shiftKey) onStep(by);
      else if (moves) onPlace(task.id, index + by);
    } else if (!mayChange) return;
    else if (key === 'x') void attempt(() => setDone(task, task.status === 'open'));
    else if (key === 't') void snooze(task, 'tomorrow');
    else if (key === 'w') void snooze(task, 'next_week');
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <TaskRow
      task={task}
      onOpen={onOpen}
      hideAssignee
      row={row}
      onKeyDown={onKeyDown}
      className={cx(over && 'bg-accent-soft outline-2 -outline-offset-2 outline-accent')}
      end={
        mayChange && (
          <Menu
            align="end"
            trigger={
              <IconButton
                label={t('Postpone “{title}”', { title: task.title })}
                size="small"
                className="pointer-fine:opacity-0 group-hover/task:opacity-100 focus-visible:opacity-100 data-popup-open:opacity-100"
              >
                <CalendarClock size={14} />
              </IconButton>
            }
            actions={[
              { label: t('To tomorrow'), keys: 't', onSelect: () => void snooze(task, 'tomorrow') },
              { label: t('To next week'), keys: 'w', onSelect: () => void snooze(task, 'next_week') },
            ]}
          />
        )
      }
    />
  );
}
