import { requiredReference, time } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

/**
 * That a deal came into a stage, and when. Kept by the database; asked for in filters: `{"any": "stage-visits",
 * "where": …}`.
 */
export const stageVisit = defineResource({
  name: 'deal_stage_visit',
  right: 'deal',
  plural: 'stage-visits',
  table: 'deal_stage_visit',
  title: 'visit of a stage',
  defaultSort: '-entered_at',
  fields: {
    deal_id: requiredReference('deal', { title: 'Deal' }),
    stage_id: requiredReference('stage', { title: 'Stage' }),
    entered_at: time({ title: 'When', readOnly: true }),
  },
});
