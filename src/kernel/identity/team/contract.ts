import { z } from 'zod';
import { namedReference, nested, reference, requiredText, text } from '../../contract/fields.ts';
import { defineResource } from '../../contract/resource.ts';

export const team = defineResource({
  name: 'team',
  plural: 'teams',
  table: 'team',
  title: 'team',
  defaultSort: 'name',
  fields: {
    name: requiredText(200, { title: 'Name' }),
    region: text(200, { title: 'Region' }),
    manager_id: reference('user_account', { title: 'Manager', expand: 'manager' }),
    members: nested(namedReference, {
      title: 'Members',
      rowsFrom: { view: 'team_member_item', subject: 'team_id' },
      through: { table: 'team_member', subject: 'team_id', value: 'user_id' },
      filterable: true,
    }),
  },
});

export const memberParams = z.object({ id: z.uuid(), user_id: z.uuid() });
