import { z } from 'zod';
import { accountKinds } from '../../access/rights.ts';
import {
  email,
  namedReference,
  nested,
  requiredSelect,
  requiredText,
  select,
  text,
  time,
} from '../../contract/fields.ts';
import { defineResource } from '../../contract/resource.ts';

export const userStatuses = ['invited', 'active', 'disabled'] as const;

const roleReference = z.object({ id: z.uuid(), key: z.string(), name: z.string() });

export const user = defineResource({
  name: 'user',
  plural: 'users',
  table: 'user_account',
  title: 'user',
  defaultSort: 'name',
  fields: {
    name: requiredText(200, { title: 'Name', sensitivity: 'personal' }),
    email: email({ title: 'E-mail', sensitivity: 'personal' }),
    status: requiredSelect(userStatuses, { title: 'Status', readOnly: true }),
    kind: select(accountKinds, { title: 'Kind', createOnly: true }),
    access_until: time({ title: 'Access until' }),
    roles: nested(roleReference, {
      title: 'Roles',
      rowsFrom: { view: 'user_role_item', subject: 'user_id' },
      through: { table: 'user_role', subject: 'user_id', value: 'role_id' },
      filterable: true,
    }),
    teams: nested(namedReference, {
      title: 'Teams',
      rowsFrom: { view: 'user_team_item', subject: 'user_id' },
      through: { table: 'team_member', subject: 'user_id', value: 'team_id', target: 'team' },
      filterable: true,
    }),
    locale: text(35, { title: 'Language', readOnly: true }),
    time_zone: text(60, { title: 'Time zone', readOnly: true }),
    last_sign_in_at: time({ title: 'Last sign-in', readOnly: true }),
  },
});

export const userRoles = z.strictObject({ role_ids: z.array(z.uuid()).max(50) });
