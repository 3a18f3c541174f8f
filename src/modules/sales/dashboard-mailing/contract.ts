import { integer, reference, requiredReference, requiredSelect, time } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const rhythms = ['daily', 'weekly', 'monthly'] as const;
export type Rhythm = (typeof rhythms)[number];

/** A dashboard by e-mail: each day, on Mondays, or on the first of the month, at an hour where its recipient lives. */
export const dashboardMailing = defineResource({
  name: 'dashboard_mailing',
  right: 'dashboard',
  plural: 'dashboard-mailings',
  table: 'dashboard_mailing',
  title: 'dashboard by e-mail',
  defaultSort: 'created_at',
  fields: {
    /** Null: the overview. */
    dashboard_id: reference('dashboard', { title: 'Dashboard', createOnly: true }),
    recipient_id: requiredReference('user_account', { title: 'Goes to', expand: 'recipient', createOnly: true }),
    owner_id: reference('user_account', { title: 'Set up by', expand: 'owner', readOnly: true }),
    rhythm: requiredSelect(rhythms, { title: 'How often', required: true }),
    hour: integer({ min: 0, max: 23 }, { title: 'Hour' }),
    next_at: time({ title: 'Next', readOnly: true }),
  },
});
