import { shared } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { custodianFileRoutes } from '../custodian-file/index.ts';
import { custodian } from './contract.ts';

export const custodianType: RecordType = {
  resource: custodian,
  rule: shared('custodian', 'financial_security'),
  routes: custodianFileRoutes,
};
