import { shared } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { exchangeRate } from './contract.ts';

export const exchangeRateType: RecordType = {
  resource: exchangeRate,
  rule: shared('exchange_rate', 'financial_security'),
};
