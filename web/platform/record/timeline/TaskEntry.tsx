import { useState } from 'react';
import { dueOf } from '../../../modules/directory/task/due.ts';
import { LinkedTask } from '../../../modules/directory/task/LinkedTask.tsx';
import type { Task } from '../../../modules/directory/task/task.ts';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { DateText } from '../../../ui/DateText.tsx';
import { WaitingMark } from '../../offline/WaitingMark.tsx';
import { pointedEntry, usePointed } from './usePointed.ts';

export function TaskEntry({ task }: { task: Task }) {
  const pointed = usePointed(`task-${task.id}`);
  const [open, setOpen] = useState(false);
  const done = task.status === 'done';
  const due = dueOf(task);
  return (
    <div ref={pointed} className={pointedEntry}>
      <p className="text-muted">
        {task.assignee && <bdi className="font-medium text-ink">{task.assignee.name}</bdi>}{' '}
        {due ? (
          <T
            text={done ? 'did a task, due <due></due>' : 'has a task, due <due></due>'}
            values={{ due: () => <DateText value={due} /> }}
          />
        ) : done ? (
          t('did a task')
        ) : (
          t('has a task')
        )}{' '}
        <WaitingMark of={task} />
      </p>
      <button
        type="button"
        className="mt-0.5 rounded-sm text-start font-medium wrap-anywhere hover:underline"
        onClick={() => setOpen(true)}
      >
        <bdi className={done ? 'text-muted line-through' : undefined}>{task.title}</bdi>
      </button>
      {open && <LinkedTask id={task.id} known={task} onClose={() => setOpen(false)} />}
    </div>
  );
}
