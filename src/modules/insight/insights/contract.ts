import { z } from 'zod';

/**
 * What is looked at: a record with all that is written about it, or a conversation, by itself or by one of its
 * messages.
 */
export const insightSubjects = ['contact', 'company', 'deal', 'household', 'thread', 'message'] as const;

export const insightQuery = z.strictObject({ of: z.enum(insightSubjects), id: z.uuid() });

/** A text that the caller reads, from which a sentence was taken. */
export const insightSource = z.object({
  resource: z.string(),
  id: z.uuid(),
  title: z.string().nullable(),
  at: z.iso.datetime(),
  subject: z.object({ resource: z.string(), id: z.uuid() }).nullable().describe('The record on whose page it stands'),
});
export type InsightSource = z.infer<typeof insightSource>;

const sentence = z.object({ text: z.string().max(600), source: insightSource });

export const openPromise = sentence.extend({
  by: z.enum(['us', 'them']).nullable().describe('null: the text does not say'),
  due_on: z.iso.date().nullable(),
  overdue: z.boolean(),
});
export type OpenPromise = z.infer<typeof openPromise>;

export const strengthParts = ['recency', 'frequency', 'reciprocity', 'replies'] as const;

export const relationshipStrength = z.object({
  score: z.int().min(0).max(100),
  parts: z.array(
    z.object({
      part: z.enum(strengthParts),
      points: z.int().min(0).max(25),
      value: z
        .number()
        .nullable()
        .describe(
          'Days since the last contact; contacts in 90 days; the smaller of the two directions as a share of the larger; the share of their mails that were answered',
        ),
    }),
  ),
});
export type RelationshipStrength = z.infer<typeof relationshipStrength>;

export const actionRules = ['keep_promise', 'answer', 'do_task', 'ask_for_promise', 'get_in_touch'] as const;

export const nextAction = z.object({
  rule: z.enum(actionRules),
  text: z.string().max(600).describe('The sentence, subject or title that it is about'),
  since: z.iso.datetime(),
  source: insightSource,
});
export type NextAction = z.infer<typeof nextAction>;

export const insights = z
  .object({
    made_by: z
      .literal('rules')
      .describe('Sentences are taken from the texts as they stand; no language model wrote or read any'),
    texts: z.int().describe('How many texts were looked at: the newest, as far as the caller reads them'),
    summary: z.array(sentence),
    promises: z.array(openPromise),
    strength: relationshipStrength.nullable().describe('null: there was no contact, or it is a conversation'),
    next_action: nextAction.nullable(),
  })
  .meta({ id: 'Insights' });
export type Insights = z.infer<typeof insights>;
