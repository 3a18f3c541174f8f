import { z } from 'zod';
import { namedReference } from '../../kernel/contract/fields.ts';

export const followers_max = 100;

/** Who hears of what happens on a record. */
export const followers = z
  .object({
    /** Up to 100, by name. */
    data: z.array(namedReference),
    /** Whether the caller does: as its owner, by having said or been told something there, or by choice. */
    following: z.boolean(),
  })
  .meta({ id: 'Followers' });
