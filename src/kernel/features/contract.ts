import { z } from 'zod';

/** What can be switched off: for the whole installation by FEATURES_OFF, for a workspace by its administrators. */
export const features = {
  imports: { title: 'Imports', description: 'Taking in records from files' },
  exports: { title: 'Exports', description: 'Taking out records as files' },
  api_keys: { title: 'New API keys', description: 'Making keys for programs; those made before stay' },
} as const;
export type Feature = keyof typeof features;
export const featureNames = Object.keys(features) as [Feature, ...Feature[]];

export const featureList = z
  .object({
    data: z.array(
      z.object({
        name: z.enum(featureNames),
        title: z.string(),
        description: z.string(),
        on: z.boolean(),
        locked: z.boolean().describe('Off for the whole installation: no workspace can switch it on'),
      }),
    ),
  })
  .meta({ id: 'FeatureList' });

export const featureChange = z
  .strictObject(Object.fromEntries(featureNames.map((name) => [name, z.boolean()])) as Record<Feature, z.ZodBoolean>)
  .partial()
  .meta({ id: 'FeatureChange' });
