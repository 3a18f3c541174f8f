import { z } from 'zod';
import { integer, nested, requiredText } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';
import { stageKinds } from '../stage/contract.ts';

/** The most pipelines that a workspace may have. */
export const pipelines_max = 200;

/** A stage as it stands in its pipeline; `/api/v1/stages` has the whole record. */
export const pipelineStage = z.object({
  id: z.uuid(),
  name: z.string(),
  kind: z.enum(stageKinds),
  probability_percent: z.int(),
  rotting_days: z.int().nullable(),
  position: z.int(),
  required_fields: z.array(z.string()),
  version: z.int(),
});

export const pipeline = defineResource({
  name: 'pipeline',
  plural: 'pipelines',
  table: 'pipeline',
  title: 'pipeline',
  defaultSort: 'position',
  fields: {
    name: requiredText(100, { title: 'Name' }),
    position: integer({ min: 0 }, { title: 'Position' }),
    stages: nested(pipelineStage, {
      title: 'Stages',
      rowsFrom: { view: 'pipeline_stage_item', subject: 'pipeline_id', table: 'stage' },
    }),
  },
});
