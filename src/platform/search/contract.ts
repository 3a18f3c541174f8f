import { z } from 'zod';
import { emailText } from '../../kernel/contract/email.ts';
import { moneyAmount } from '../../kernel/contract/fields.ts';

const hits_max = 50;
const hits_default = 10;

export const searchQuery = z.strictObject({
  q: z.string().trim().normalize().min(1, { error: 'Write something to search for' }).max(200).overwrite(emailText),
  limit: z.coerce.number().int().min(1).max(hits_max).default(hits_default),
  by: z.enum(['words', 'meaning']).default('words').describe('meaning: passages that say it, in whatever words'),
});

export const searchHit = z.object({
  /** The name of its record type. */
  resource: z.string(),
  id: z.uuid(),
  name: z.string(),
  /** What tells namesakes apart: the e-mail address of a contact, the domain of a company. */
  detail: z.string().nullable(),
  /** Nothing matches what was searched for; this name is nearly the same. */
  misspelt: z.boolean(),
  /** What else tells it from its namesakes, such as the stage and the amount of a deal. */
  facts: z.array(z.union([z.string(), moneyAmount])),
});
export type SearchHit = z.infer<typeof searchHit>;

/** Something that was written, found by its words. */
export const writtenHit = z.object({
  /** The name of its record type. */
  resource: z.string(),
  id: z.uuid(),
  /** Its title, where its kind has one. */
  title: z.string().nullable(),
  /** What stands around the first word that was searched for. */
  excerpt: z.string(),
  at: z.iso.datetime(),
  /** The record it hangs on; null where it hangs on none. */
  subject: z.object({ resource: z.string(), id: z.uuid(), name: z.string() }).nullable(),
});

export type WrittenHit = z.infer<typeof writtenHit>;

/** A passage of something that was written, found by what it says. */
export const meaningHit = z.object({
  /** The name of its record type. */
  resource: z.string(),
  id: z.uuid(),
  title: z.string().nullable(),
  passage: z.string(),
  at: z.iso.datetime(),
  /** The first record that it is about and that the caller finds. */
  subject: z.object({ resource: z.string(), id: z.uuid(), name: z.string() }).nullable(),
});

export type MeaningHit = z.infer<typeof meaningHit>;

export const meaningAnswer = z.object({
  state: z
    .enum(['ready', 'learning', 'too_little_text'])
    .describe('Whether there is a model of the texts of the workspace: not yet, or there are too few texts for one'),
  words_only: z
    .boolean()
    .describe('The endpoint that gives vectors gave none for this question, so passages were found by its words alone'),
  passages: z.array(meaningHit),
});

export type MeaningAnswer = z.infer<typeof meaningAnswer>;

export const searchAnswer = z.object({
  data: z.array(searchHit),
  written: z.array(writtenHit),
  bodies_sealed: z
    .boolean()
    .describe(
      'The workspace seals personal texts, or did until now: no search finds what sealed notes, comments and activities say',
    ),
  names_sealed: z
    .enum(['searched', 'too_short', 'being_read', 'too_many'])
    .optional()
    .describe(
      'Where names of people are sealed, whether they were searched: not those inside which so few letters may stand, nor while they are first being read, which is a moment, nor too many',
    ),
  numbers_sealed: z
    .boolean()
    .describe(
      'What was searched for looks like a telephone number, and those of people are sealed, or were until now: one is found by the whole number alone',
    ),
  meaning: meaningAnswer.optional().describe('With by=meaning, which finds nothing else'),
});
export type SearchAnswer = z.infer<typeof searchAnswer>;
export type NamesSealed = NonNullable<SearchAnswer['names_sealed']>;
