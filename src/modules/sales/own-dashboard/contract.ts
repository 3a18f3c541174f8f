import { boolean, reference, requiredText } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

/** Tiles that somebody put together under a name: for oneself, or for everybody in the workspace. */
export const ownDashboard = defineResource({
  name: 'dashboard',
  plural: 'dashboards',
  table: 'dashboard',
  title: 'dashboard',
  owner: 'owner_id',
  uniqueInPart: true,
  defaultSort: 'name',
  fields: {
    name: requiredText(60, { title: 'Name' }),
    shared: boolean({ title: 'For everybody' }),
    owner_id: reference('user_account', { title: 'Owner', expand: 'owner', readOnly: true }),
  },
});
