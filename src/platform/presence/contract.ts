import { z } from 'zod';
import { namedReference } from '../../kernel/contract/fields.ts';

/** Whoever has not been heard of for so long is gone. A page says that it is still there three times as often. */
export const presence_seconds = 45;
export const presence_people_max = 20;

export const presence = z
  .object({
    /** The others whose page shows the record now. */
    data: z.array(namedReference),
  })
  .meta({ id: 'Presence' });
