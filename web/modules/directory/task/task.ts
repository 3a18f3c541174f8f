import { saveRecord } from '../../../app/records.ts';
import type { AnyRecord, Named } from '../../../record/field.ts';
import { t } from '../../../text/text.ts';
import type { Meaning } from '../../../ui/Badge.tsx';

export interface Task extends AnyRecord {
  title: string;
  body: string | null;
  status: 'open' | 'done';
  priority: 'low' | 'normal' | 'high' | 'urgent';
  due_at: string | null;
  position: number | null;
  remind_at: string | null;
  remind_before: string | null;
  recurrence: string | null;
  assignee_id: string | null;
  assignee: Named | null;
  contact: Named | null;
  company: Named | null;
  deal: Named | null;
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
}: Pick<Task, 'deal' | 'contact' | 'company'>): { to: string; name: string } | null {
  if (deal) return { to: `/deals/${deal.id}`, name: deal.name };
  if (contact) return { to: `/contacts/${contact.id}`, name: contact.name };
  if (company) return { to: `/companies/${company.id}`, name: company.name };
  return null;
}
