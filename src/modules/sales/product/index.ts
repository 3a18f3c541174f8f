import { vocabularyRights } from '../../../kernel/access/rights.ts';
import { shared } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { product } from './contract.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    product: true;
  }
}

export const productType: RecordType = {
  resource: product,
  rule: shared('product', 'product'),
  right: { roles: vocabularyRights },
  rules: { cacheTags: ['product'] },
};
