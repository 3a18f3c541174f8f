import { full, type Right } from '../../../kernel/access/rights.ts';
import { shared } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { security } from './contract.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    financial_security: true;
  }
}

const kept = { read: 'all', create: 'all', update: 'all' } as const;

/** Securities, their prices, and who keeps them are nobody's secret; those who advise keep them. */
const securityRoles = { manager: full, advisor: kept, assistant: kept } as const satisfies Right['roles'];

export const securityType: RecordType = {
  resource: security,
  rule: shared('financial_security', 'financial_security'),
  right: { roles: securityRoles },
};
