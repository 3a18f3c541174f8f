import { z } from 'zod';

/** Whom one text may mention. */
export const mentions_max = 50;

/** Of a text as it is stored: links get their attributes, and signs of HTML are written as entities. */
export const text_characters_max = 100_000;

const people_max = 20;

export const peopleQuery = z.strictObject({
  in: z.enum(['comment', 'note']).default('comment').describe('What the mention would stand in'),
  q: z.string().trim().max(100).default('').describe('The beginning of a word of the name'),
  limit: z.coerce.number().int().min(1).max(people_max).default(8),
});
export type PeopleQuery = z.infer<typeof peopleQuery>;

/** Somebody who may be mentioned, or not: then the mention would not reach them. */
export const person = z.object({ id: z.uuid(), name: z.string(), may_read: z.boolean() }).meta({ id: 'Mentionable' });
export type Person = z.infer<typeof person>;
