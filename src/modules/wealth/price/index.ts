import { shared } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { price } from './contract.ts';

export const priceType: RecordType = { resource: price, rule: shared('price', 'financial_security') };
