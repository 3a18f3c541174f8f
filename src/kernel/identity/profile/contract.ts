import { z } from 'zod';
import { filled } from '../../contract/names.ts';
import { locale, timeZone } from '../contract.ts';

const own = { name: filled(200), locale, time_zone: timeZone };

/** What users may change about themselves. The e-mail address signs in to the account, so administrators change it. */
export const profile = z
  .object({
    id: z.uuid(),
    email: z.string().nullable(),
    ...own,
    has_password: z.boolean(),
    version: z.int(),
  })
  .meta({ id: 'Profile' });
export type Profile = z.infer<typeof profile>;

export const profileUpdate = z.strictObject(own).partial().meta({ id: 'ProfileUpdate' });
export type ProfileUpdate = z.infer<typeof profileUpdate>;
