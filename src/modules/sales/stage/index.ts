import { shared } from '../../../kernel/access/table-rule.ts';
import { route } from '../../../kernel/http/route.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { stage, stageOrder } from './contract.ts';
import { checkStageChange, keepOneOfEachKind, orderStages, prepareStages } from './service.ts';

export { allStages, askedFields, type PlacedStage, placedStages, type StageRow } from './queries.ts';

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
  routes: [
    route({
      method: 'PUT',
      path: '/api/v1/stage-order',
      tag: 'Stages',
      summary: 'Put the stages of a pipeline into an order',
      access: { resource: 'pipeline', action: 'update' },
      body: stageOrder,
      handler: async (ctx, { body }) => {
        await orderStages(ctx, body);
        return {};
      },
    }),
  ],
};
