import { z } from 'zod';
import { integer, list, requiredReference, requiredSelect, requiredText } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

export const stageKinds = ['open', 'won', 'lost'] as const;
export type StageKind = (typeof stageKinds)[number];

const required_fields_max = 20;

export const stage = defineResource({
  name: 'stage',
  right: 'pipeline',
  plural: 'stages',
  table: 'stage',
  title: 'stage',
  uniqueInPart: true,
  defaultSort: 'position',
  fields: {
    pipeline_id: requiredReference('pipeline', { title: 'Pipeline', expand: 'pipeline', createOnly: true }),
    name: requiredText(100, { title: 'Name' }),
    kind: requiredSelect(stageKinds, { title: 'Kind' }),
    probability_percent: integer({ min: 0, max: 100 }, { title: 'Probability' }),
    rotting_days: integer({ min: 1, max: 3650 }, { title: 'Days until a deal counts as stalled' }),
    position: integer({ min: 0 }, { title: 'Position' }),
    required_fields: list(z.string().max(80), required_fields_max, {
      title: 'Required to enter this stage',
      listsFieldsOf: 'deal',
    }),
  },
});

/** Of a pipeline. */
export const stages_max = 200;

/** The stages of a pipeline in their new order. */
export const stageOrder = z
  .strictObject({ pipeline_id: z.uuid(), ids: z.array(z.uuid()).min(1).max(stages_max) })
  .refine(({ ids }) => new Set(ids).size === ids.length, { path: ['ids'], error: 'A stage is listed twice' })
  .meta({ id: 'StageOrder' });
