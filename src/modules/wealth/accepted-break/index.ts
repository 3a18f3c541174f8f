import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { inCurrencyOfAccount } from '../account-currency.ts';
import { ofAccount } from '../account-reach.ts';
import { reconciliationRoutes } from '../reconciliation/index.ts';
import { acceptedBreak } from './contract.ts';

export const acceptedBreakType: RecordType = {
  resource: acceptedBreak,
  rule: ofAccount('accepted_break'),
  rules: { beforeCreate: inCurrencyOfAccount },
  routes: reconciliationRoutes,
};
