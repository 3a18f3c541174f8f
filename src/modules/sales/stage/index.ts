import { shared } from '../../../kernel/access/table-rule.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { stage } from './contract.ts';
import { checkStageChange, keepOneOfEachKind, prepareStages } from './service.ts';

export { allStages, askedFields, type StageRow } from './queries.ts';

export const stageType: RecordType = {
  resource: stage,
  rule: shared('stage', 'pipeline'),
  rules: {
    // A retired field is not shown among those it asks for.
    cacheTags: ['stage', 'custom_field'],
    beforeCreate: prepareStages,
    beforeUpdate: checkStageChange,
    beforeDelete: async (ctx, id) => void (await keepOneOfEachKind(ctx, id)),
  },
};
