import { owned } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { byHousehold, partOfHousehold } from '../household-reach.ts';
import { fromToday } from '../period.ts';
import { householdMember } from './contract.ts';

export const householdMemberType: RecordType = {
  resource: householdMember,
  rule: owned('household_member', 'household', null, {
    reach: [byHousehold()],
    rows: partOfHousehold('household_member'),
    note: 'Whoever may change a household may change who belongs to it.',
  }),
  rules: { beforeCreate: fromToday },
};
