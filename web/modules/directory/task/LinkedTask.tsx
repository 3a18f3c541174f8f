import { useQuery } from '@tanstack/react-query';
import { messageOf } from '../../../app/problem.ts';
import { recordQuery } from '../../../app/records.ts';
import { t } from '../../../text/text.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { LazyTaskDialog } from './LazyTaskDialog.tsx';
import type { Task } from './task.ts';

/** The task that the address names, as links in the inbox and in mails do. */
export function LinkedTask({ id, onClose }: { id: string; onClose: () => void }) {
  const task = useQuery(recordQuery<Task>('task', id));
  if (task.data) return <LazyTaskDialog task={task.data} onClose={onClose} />;
  if (!task.isError) return null;
  return (
    <Dialog open title={t('The task could not be opened')} onClose={onClose}>
      <p className="text-13 text-muted">{messageOf(task.error)}</p>
    </Dialog>
  );
}
