import { date, reference, requiredReference, requiredSelect, text } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { household } from '../household/contract.ts';

export const adviserRoles = ['secondary', 'grant', 'primary'] as const;

/**
 * Somebody, or everybody of a team, who sees a household and what belongs to it, in a period. The primary adviser is
 * the owner of the household, whose rows follow from that.
 */
export const householdAdviser = defineResource({
  name: 'household_adviser',
  right: 'household',
  plural: 'household-advisers',
  table: 'household_adviser',
  title: 'adviser of a household',
  partOf: [{ column: 'household_id', resource: household }],
  defaultSort: 'created_at',
  period: { from: 'from_on', to: 'until_on' },
  fields: {
    household_id: requiredReference('household', { title: 'Household', expand: 'household', createOnly: true }),
    user_id: reference('user_account', { title: 'Adviser', expand: 'user', createOnly: true }),
    team_id: reference('team', { title: 'Team', expand: 'team', createOnly: true }),
    role: requiredSelect(adviserRoles, { title: 'Role' }),
    from_on: date({ title: 'From' }),
    until_on: date({ title: 'Until' }),
    reason: text(300, { title: 'Reason' }),
  },
});
