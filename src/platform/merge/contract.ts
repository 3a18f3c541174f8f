import { z } from 'zod';
import type { Resource } from '../../kernel/contract/resource.ts';

/** Records that one merge can absorb. */
export const merge_others_max = 9;

/** Up to so many are counted of what would move. */
export const attached_counted_max = 100_000;

/** The record in the path survives, with these values; the others become part of it. */
export const mergeBody = ({ update }: Resource) =>
  z.strictObject({
    others: z.array(z.uuid()).min(1).max(merge_others_max),
    values: update.default({}).describe('Values the survivor takes, as in a change of it'),
  });

/** What hangs on a record and would move with it: how many, by noun. */
export const attachedCounts = z.object({ attached: z.array(z.object({ resource: z.string(), count: z.int() })) });
export type AttachedCounts = z.infer<typeof attachedCounts>;
