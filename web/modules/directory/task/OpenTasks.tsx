import { useState } from 'react';
import { useRecords } from '../../../platform/query/records.ts';
import type { Resource } from '../../../platform/query/resources.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { MoreRows, RelatedList } from '../../../platform/record/RelatedList.tsx';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import { LazyTaskDialog } from './LazyTaskDialog.tsx';
import { TaskRow } from './TaskRow.tsx';
import type { Task } from './task.ts';

/** What is still to be done about a record. */
export function OpenTasks({ of, record }: { of: Resource; record: AnyRecord }) {
  const may = useMay();
  const [open, setOpen] = useState<Task | 'new' | null>(null);
  const tasks = useRecords<Task>('task', {
    enabled: may('task', 'read'),
    filter: {
      and: [
        { field: 'records', op: 'has', value: record.id },
        { field: 'status', op: 'eq', value: 'open' },
      ],
    },
    sort: 'due_at',
    limit: 20,
    count: true,
  });
  if (!may('task', 'read')) return null;
  return (
    <>
      <RelatedList
        title={t('Open tasks')}
        list={tasks}
        none={t('Nothing to do')}
        onAdd={may('task', 'create') ? () => setOpen('new') : undefined}
        addLabel={t('New task')}
      >
        {tasks.rows.map((task) => (
          <TaskRow key={task.id} task={task} onOpen={setOpen} hideSubject />
        ))}
        {tasks.hasNextPage && <MoreRows list={tasks} />}
      </RelatedList>
      {open && (
        <LazyTaskDialog
          task={open === 'new' ? undefined : open}
          start={{ records: [{ type: of, id: record.id, name: String(record.name ?? '') }] }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}
