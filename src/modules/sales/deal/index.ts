import { recordRights } from '../../../kernel/access/rights.ts';
import { owned } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { deal } from './contract.ts';
import { stagesAndAmounts } from './queries.ts';
import { createDeals, prepareDealChange, prepareNewDeals } from './service.ts';

export { askingStages, customDefaults, reopeningStage, today } from './queries.ts';
export { type FieldReader, fieldReader, missingFor, missingRequiredFields } from './required.ts';
export { changeStage, prepareDealChange, prepareDeals } from './service.ts';

declare module '../../../kernel/access/rights.ts' {
  interface RightNames {
    deal: true;
  }
}

export const dealType: RecordType = {
  resource: deal,
  rule: owned('deal', 'deal', 'owner_id', { carries: true }),
  ownTriggers: true,
  right: { roles: recordRights },
  rules: { beforeCreate: prepareNewDeals, create: createDeals, beforeUpdate: prepareDealChange },
  search: { keys: ['external_id'], factsOf: stagesAndAmounts },
  webhooks: true,
};
