import type { RecordOfEntry } from '../../../../src/kernel/contract/fields.ts';
import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { task } from '../../../../src/modules/directory/task/contract.ts';
import { saveRecord } from '../../../platform/query/records.ts';
import type { AnyRecord } from '../../../platform/record/field.ts';
import { findType } from '../../../platform/record/recordTypes.ts';
import { t } from '../../../text/text.ts';
import type { Meaning } from '../../../ui/Badge.tsx';

export type Task = AnyRecord & RowOf<typeof task>;

export const priorities = [
  { value: 'low', label: t('Low') },
  { value: 'normal', label: t('Normal') },
  { value: 'high', label: t('High') },
  { value: 'urgent', label: t('Urgent') },
];

export const priorityMeanings: Record<Task['priority'], Meaning | null> = {
  low: null,
  normal: null,
  high: 'attention',
  urgent: 'bad',
};

/** Ticks a task off, or opens it again, and offers to undo it. */
export function setDone(task: Task, done: boolean): Promise<Task> {
  return saveRecord('task', task, { status: done ? 'done' : 'open' }, done ? t('Task done') : t('Task open again'));
}

/**
 * What a task or an activity is about: the first of its records, with the address of it, and how many more there are.
 */
export function subjectOf(records: readonly RecordOfEntry[]): { to: string; name: string; others: number } | null {
  for (const { type, id, name } of records) {
    const path = id !== null && findType(type)?.path;
    if (path) return { to: `${path}/${id}`, name: name ?? '', others: records.length - 1 };
  }
  return null;
}
