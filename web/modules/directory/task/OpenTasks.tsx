import { useState } from 'react';
import { useRecords } from '../../../app/records.ts';
import { useMay } from '../../../app/session.tsx';
import type { Named } from '../../../record/field.ts';
import { RelatedList } from '../../../record/RelatedList.tsx';
import { t } from '../../../text/text.ts';
import { LazyTaskDialog } from './LazyTaskDialog.tsx';
import { TaskRow } from './TaskRow.tsx';
import type { Task } from './task.ts';

type SubjectKey = 'contact_id' | 'company_id' | 'deal_id';

/** What is still to be done about a record. */
export function OpenTasks({ by, subject }: { by: SubjectKey; subject: Named }) {
  const may = useMay();
  const [open, setOpen] = useState<Task | 'new' | null>(null);
  const tasks = useRecords<Task>('task', {
    enabled: may('task', 'read'),
    filter: {
      and: [
        { field: by, op: 'eq', value: subject.id },
        { field: 'status', op: 'eq', value: 'open' },
      ],
    },
    sort: 'due_at',
    limit: 20,
  });
  if (!may('task', 'read')) return null;
  return (
    <>
      <RelatedList
        title={t('Open tasks')}
        loading={tasks.isPending}
        failed={tasks.isError}
        none={t('Nothing to do')}
        onAdd={may('task', 'create') ? () => setOpen('new') : undefined}
        addLabel={t('New task')}
      >
        {tasks.rows.map((task) => (
          <TaskRow key={task.id} task={task} onOpen={setOpen} hideSubject />
        ))}
      </RelatedList>
      {open && (
        <LazyTaskDialog
          task={open === 'new' ? undefined : open}
          start={{ [by]: subject }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}
