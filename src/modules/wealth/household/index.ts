import { full, type Grant, type Right } from '../../../kernel/access/rights.ts';
import { owned } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { familyEventRoutes } from '../family-event/index.ts';
import { handoverRoutes } from '../household-handover/index.ts';
import { byHousehold } from '../household-reach.ts';
import { household } from './contract.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    household: true;
  }
}

const advised = {
  read: 'household+own',
  create: 'household+own',
  update: 'household+own',
  delete: 'household+own',
} as const satisfies Grant;

/** Of what clients tell nobody else, people who do not advise them see nothing, whatever they see of sales. */
const householdRoles = {
  manager: full,
  advisor: advised,
  assistant: { read: 'household+own', create: 'household+own', update: 'household+own' },
} as const satisfies Right['roles'];

export const householdType: RecordType = {
  resource: household,
  rule: owned('household', 'household', 'owner_id', { carries: true, reach: [byHousehold('id')] }),
  right: { roles: householdRoles },
  search: { keys: ['external_id'], detail: 'city' },
  webhooks: true,
  routes: [...familyEventRoutes, ...handoverRoutes],
};
