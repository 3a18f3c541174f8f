import { useState } from 'react';
import { WaitingMark } from '../../../platform/offline/WaitingMark.tsx';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { pointedEntry, usePointed } from '../../../platform/record/timeline/usePointed.ts';
import { T } from '../../../text/T.tsx';
import { t } from '../../../text/text.ts';
import { DateText } from '../../../ui/DateText.tsx';
import { dueOf } from './due.ts';
import { LinkedTask } from './LinkedTask.tsx';
import type { Task } from './task.ts';

export default function TaskEntry({ entry }: { entry: AnyRecord }) {
  const task = entry as Task;
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
            text={done ? 'completed a task, due <due></due>' : 'has a task, due <due></due>'}
            values={{ due: () => <DateText value={due} /> }}
          />
        ) : done ? (
          t('completed a task')
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
