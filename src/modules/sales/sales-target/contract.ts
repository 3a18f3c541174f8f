import { currency, integer, money, reference, requiredSelect } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const targetFigures = ['won_value', 'won_count'] as const;
export const targetPeriods = ['month', 'quarter', 'year'] as const;

/**
 * What is to be won in each month, quarter or year: by somebody, by a team, or, without either, by the whole workspace.
 */
export const salesTarget = defineResource({
  name: 'sales_target',
  plural: 'sales-targets',
  table: 'sales_target',
  title: 'target',
  defaultSort: 'created_at',
  together: [['figure', 'amount', 'deals']],
  fields: {
    owner_id: reference('user_account', { title: 'Person', expand: 'owner' }),
    team_id: reference('team', { title: 'Team', expand: 'team' }),
    figure: requiredSelect(targetFigures, { title: 'Figure', required: true }),
    period: requiredSelect(targetPeriods, { title: 'In each', required: true }),
    /** The target for the value of won deals. */
    amount: money('currency', { title: 'Amount' }),
    currency: currency({ title: 'Currency' }),
    /** The target for the number of won deals. */
    deals: integer({ min: 1 }, { title: 'Deals' }),
  },
});
