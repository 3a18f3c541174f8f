import {
  custom,
  integer,
  longText,
  recordReference,
  reference,
  requiredSelect,
  requiredText,
  select,
  time,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const activityKinds = ['email', 'call', 'meeting'] as const;
export const directions = ['in', 'out'] as const;

const personal = { sensitivity: 'personal' } as const;

/** Something that took place between people: an e-mail, a call, a meeting. */
export const activity = defineResource({
  name: 'activity',
  plural: 'activities',
  table: 'activity',
  title: 'activity',
  owner: 'author_id',
  trash: true,
  defaultSort: '-occurred_at',
  fields: {
    kind: requiredSelect(activityKinds, { title: 'Kind', required: true }),
    subject: requiredText(300, { title: 'Subject', ...personal }),
    body: longText(100_000, { title: 'Text', ...personal }),
    direction: select(directions, { title: 'Direction' }),
    occurred_at: time({ title: 'When' }),
    duration_minutes: integer({ min: 0, max: 14_400 }, { title: 'Minutes' }),
    author_id: reference('user_account', { title: 'Who', expand: 'author' }),
    contact_id: reference('contact', { title: 'Contact', expand: 'contact' }),
    company_id: reference('company', { title: 'Company', expand: 'company' }),
    deal_id: reference('deal', { title: 'Deal', expand: 'deal' }),
    record_id: recordReference(),
    custom: custom(),
  },
});
