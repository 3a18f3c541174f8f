import { z } from 'zod';

/** Where a card goes: a column, and there before or after another card, first, or last (the default). */
export const move = z
  .strictObject({
    stage_id: z.uuid(),
    before_id: z.uuid().optional(),
    after_id: z.uuid().optional(),
    position: z.enum(['first', 'last']).optional(),
  })
  .refine((body) => [body.before_id, body.after_id, body.position].filter(Boolean).length <= 1, {
    error: 'Send one of before_id, after_id and position',
  })
  .meta({ id: 'DealMove' });
export type Move = z.output<typeof move>;
