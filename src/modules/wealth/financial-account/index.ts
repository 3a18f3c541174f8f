import { owned } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { byHousehold, partOfHousehold } from '../household-reach.ts';
import { financialAccount } from './contract.ts';

export const financialAccountType: RecordType = {
  resource: financialAccount,
  rule: owned('financial_account', 'household', null, {
    carries: true,
    reach: [byHousehold()],
    rows: { append: partOfHousehold('financial_account').append! },
    note: 'Whoever may change a household may add accounts to it.',
  }),
  search: { keys: ['external_id'] },
  webhooks: true,
};
