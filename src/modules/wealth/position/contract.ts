import {
  currency,
  exactDecimal,
  reference,
  requiredDate,
  requiredExactDecimal,
  requiredReference,
} from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { financialAccount } from '../financial-account/contract.ts';

const amount = { whole: 12, scale: 6 };

/** What a custodian says that an account held at the end of a day. Without a security it is cash, in its currency. */
export const position = defineResource({
  name: 'account_position',
  right: 'household',
  plural: 'positions',
  table: 'account_position',
  title: 'position',
  partOf: [{ column: 'account_id', resource: financialAccount }],
  defaultSort: '-day',
  highVolume: true,
  imported: true,
  fields: {
    account_id: requiredReference('financial_account', { title: 'Account', expand: 'account', createOnly: true }),
    day: requiredDate({ title: 'Day', createOnly: true }),
    security_id: reference('financial_security', { title: 'Security', expand: 'security', createOnly: true }),
    currency: currency({ title: 'Currency', createOnly: true }),
    quantity: requiredExactDecimal({ whole: 10, scale: 8 }, { title: 'Quantity' }),
    price: exactDecimal({ whole: 10, scale: 8 }, { title: 'Market price' }),
    value: exactDecimal(amount, { title: 'Value' }),
    cost: exactDecimal(amount, { title: 'Cost' }),
  },
}); // biome-ignore format: a field a line
