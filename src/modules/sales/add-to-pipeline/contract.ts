import { z } from 'zod';
import { trimmed } from '../../../kernel/contract/names.ts';
import { deal } from '../deal/contract.ts';

const name_characters_max = 100;

/** Makes a deal for each of many contacts or companies. */
export const startDeals = z.strictObject({
  kind: z.literal('start_deals'),
  pipeline_id: z.uuid().optional(),
  stage_id: z.uuid().optional().describe('By default the first open stage of the pipeline'),
  name: trimmed()
    .max(name_characters_max)
    .optional()
    .describe('After the name of the record: "Renewal" gives "Blue Ltd: Renewal"'),
  custom: deal.create.shape.custom,
});
