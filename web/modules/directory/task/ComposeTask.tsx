import type { ComposeDialogProps } from '../../../platform/record/timeline/kind.ts';
import TaskDialog from './TaskDialog.tsx';

/** A new task about a record. */
export default function ComposeTask({ resource, record, onClose }: ComposeDialogProps) {
  const about = [{ type: resource, id: record.id, name: String(record.name) }];
  return <TaskDialog start={{ records: about }} onClose={onClose} />;
}
