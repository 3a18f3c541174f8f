import { useQuery } from '@tanstack/react-query';
import { messageOf } from '../../../platform/query/problem.ts';
import { recordQuery } from '../../../platform/query/records.ts';
import { t } from '../../../text/text.ts';
import { Dialog } from '../../../ui/Dialog.tsx';
import { LazyTaskDialog } from './LazyTaskDialog.tsx';
import type { Task } from './task.ts';

interface LinkedTaskProps {
  id: string;
  /** What is known of it where it cannot be read: it has not been sent yet, or there is no network. */
  known?: Task;
  onClose: () => void;
}

/**
 * The task that the address names, as links in the inbox and in mails do, or an entry of a timeline, which does not
 * hold all of it.
 */
export function LinkedTask({ id, known, onClose }: LinkedTaskProps) {
  const task = useQuery(recordQuery<Task>('task', id));
  const shown = task.data ?? (task.isError || task.isPaused ? known : undefined);
  if (shown) return <LazyTaskDialog task={shown} onClose={onClose} />;
  if (!task.isError) return null;
  return (
    <Dialog open title={t('The task could not be opened')} onClose={onClose}>
      <p className="text-13 text-muted">{messageOf(task.error)}</p>
    </Dialog>
  );
}
