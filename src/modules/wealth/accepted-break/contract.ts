import {
  currency,
  reference,
  requiredDate,
  requiredExactDecimal,
  requiredReference,
  requiredText,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { financialAccount } from '../financial-account/contract.ts';

/**
 * That somebody accepted a difference between custodian and transactions, and why. Another difference is a break anew.
 */
export const acceptedBreak = defineResource({
  name: 'accepted_break',
  right: 'household',
  plural: 'accepted-breaks',
  table: 'accepted_break',
  title: 'accepted break',
  partOf: [{ column: 'account_id', resource: financialAccount }],
  defaultSort: '-created_at',
  fields: {
    account_id: requiredReference('financial_account', { title: 'Account', expand: 'account', createOnly: true }),
    day: requiredDate({ title: 'Day', createOnly: true }),
    security_id: reference('financial_security', { title: 'Security', expand: 'security', createOnly: true }),
    currency: currency({ title: 'Currency', createOnly: true }),
    difference: requiredExactDecimal({ whole: 10, scale: 8 }, { title: 'Difference', createOnly: true }),
    note: requiredText(500, { title: 'Note' }),
  },
}); // biome-ignore format: a field a line
