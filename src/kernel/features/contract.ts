import { z } from 'zod';

export const featureList = z
  .object({
    data: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        description: z.string(),
        product: z.boolean().describe('Has record types of its own, which are off with it'),
        on: z.boolean(),
        locked: z.boolean().describe('Off for the whole installation: no workspace can switch it on'),
      }),
    ),
  })
  .meta({ id: 'FeatureList' });
