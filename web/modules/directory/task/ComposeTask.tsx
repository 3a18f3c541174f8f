import type { ComposeDialogProps } from '../../../platform/record/timeline/kind.ts';
import { subjectKey } from '../../../platform/record/timeline/timeline.ts';
import TaskDialog from './TaskDialog.tsx';

/** A new task about a record. */
export default function ComposeTask({ resource, record, onClose }: ComposeDialogProps) {
  const about = { id: record.id, name: String(record.name), type: resource };
  return <TaskDialog start={{ [subjectKey(resource)]: about }} onClose={onClose} />;
}
