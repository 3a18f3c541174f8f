import { owned } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { byHousehold, partOfHousehold } from '../household-reach.ts';
import { legalEntity } from './contract.ts';

export const legalEntityType: RecordType = {
  resource: legalEntity,
  rule: owned('legal_entity', 'household', null, {
    carries: true,
    reach: [byHousehold()],
    rows: { append: partOfHousehold('legal_entity').append! },
    note: 'Whoever may change a household may add entities to it.',
  }),
  search: { keys: ['external_id'], detail: 'jurisdiction' },
  webhooks: true,
};
