import type { RowOf } from '../../../../src/kernel/contract/resource.ts';
import type { task } from '../../../../src/modules/directory/task/contract.ts';
import { saveRecord } from '../../../platform/query/records.ts';
import { pathOf, type Resource } from '../../../platform/query/resources.ts';
import { findDefinition } from '../../../platform/record/definitions.ts';
import type { AnyRecord, Named } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import type { Meaning } from '../../../ui/Badge.tsx';

export type Task = AnyRecord & RowOf<typeof task> & { record: TypedReference | null };

/** A record of any type that tasks have no field of their own for. */
export interface TypedReference extends Named {
  type: Resource;
}

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

/** What a task or an activity is about, with the address of it. */
export function subjectOf({
  deal,
  contact,
  company,
  record,
}: Pick<Task, 'deal' | 'contact' | 'company' | 'record'>): { to: string; name: string } | null {
  if (deal) return { to: `${pathOf('deal')}/${deal.id}`, name: deal.name };
  if (contact) return { to: `${pathOf('contact')}/${contact.id}`, name: contact.name };
  if (company) return { to: `${pathOf('company')}/${company.id}`, name: company.name };
  const path = record && findDefinition(record.type)?.path;
  return path ? { to: `${path}/${record.id}`, name: record.name } : null;
}
