import { date, requiredReference, requiredSelect } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { household } from '../household/contract.ts';

export const memberRoles = ['head', 'spouse', 'child', 'parent', 'dependant', 'other'] as const;

/** Somebody who belongs to a household in a period. A person may belong to several. */
export const householdMember = defineResource({
  name: 'household_member',
  right: 'household',
  plural: 'household-members',
  table: 'household_member',
  title: 'member of a household',
  partOf: [{ column: 'household_id', resource: household }],
  defaultSort: 'created_at',
  period: { from: 'from_on', to: 'until_on' },
  fields: {
    household_id: requiredReference('household', { title: 'Household', expand: 'household', createOnly: true }),
    contact_id: requiredReference('contact', { title: 'Person', expand: 'contact', createOnly: true }),
    role: requiredSelect(memberRoles, { title: 'Role' }),
    from_on: date({ title: 'From' }),
    until_on: date({ title: 'Until' }),
  },
});
