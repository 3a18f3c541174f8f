import { reference, requiredSelect, requiredText } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

/** How much of a calendar others of the workspace see. Only its owner sets it. */
export const calendarSharings = ['private', 'participants', 'all'] as const;
const colors = ['gray', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink'] as const;

export const calendar = defineResource({
  name: 'meeting_calendar',
  right: 'mailbox',
  plural: 'meeting-calendars',
  table: 'meeting_calendar',
  title: 'calendar',
  defaultSort: 'name',
  fields: {
    name: requiredText(200, { title: 'Name', sensitivity: 'personal' }),
    color: requiredSelect(colors, { title: 'Colour' }),
    owner_id: reference('user_account', { title: 'Owner', expand: 'owner', readOnly: true }),
    sharing: requiredSelect(calendarSharings, { title: 'What others see' }),
  },
});
