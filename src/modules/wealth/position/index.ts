import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { inCurrencyOfAccount } from '../account-currency.ts';
import { ofAccount } from '../account-reach.ts';
import { position } from './contract.ts';

export const positionType: RecordType = {
  resource: position,
  rule: ofAccount('account_position'),
  rules: { beforeCreate: inCurrencyOfAccount },
};
