import { recordRights } from '../../../kernel/access/rights.ts';
import { owned } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { company } from './contract.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    company: true;
  }
}

export const companyType: RecordType = {
  resource: company,
  rule: owned('company', 'company', 'owner_id', { carries: true }),
  right: {
    roles: {
      ...recordRights,
      operator: { read: 'all', create: 'all', update: 'all' },
      support: { read: 'all', update: 'all' },
    },
  },
  search: { keys: ['external_id'], detail: 'domain' },
  webhooks: true,
};
