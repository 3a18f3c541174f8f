import { z } from 'zod';

export const sealingStates = ['off', 'sealing', 'on', 'opening'] as const;

const field = z.object({
  resource: z.string(),
  field: z.string(),
  title: z.string().describe('What the field is called'),
  of: z.string().describe('What a record of this type is called'),
});

export const personalSealing = z
  .object({
    state: z.enum(sealingStates).describe('What the workspace does; sealing and opening end by themselves'),
    sealable: z.array(field).describe('Personal texts that are sealed'),
    not_yet: z.array(field).describe('Personal fields that stay in the clear whatever is switched on'),
    texts: z.int().describe('How many texts there are in sealable fields'),
    sealed_texts: z.int().describe('How many of them are sealed now'),
    closed_texts: z
      .int()
      .describe('While texts are opened: how many do not open when all others did, those of history included'),
    closed: z
      .array(
        z.object({
          resource: z.string(),
          record_id: z.uuid(),
          field: z.string(),
          stands_in: z.enum(['record', 'history']),
          why: z.enum(['damaged', 'key_missing']),
        }),
      )
      .describe('The first hundred of these, as far as the caller sees their records'),
    remnants: z
      .array(z.string())
      .describe('Tables whose files may still have texts from before they were sealed, where nothing reads them'),
  })
  .meta({ id: 'PersonalSealing' });
export type PersonalSealing = z.output<typeof personalSealing>;

export const personalSealingPut = z.strictObject({
  on: z.boolean().describe('Whether personal texts are to be sealed'),
  give_up_damaged: z
    .literal(true)
    .optional()
    .describe('While texts are opened: "• damaged" takes the place of those that are damaged for good'),
});
