import { z } from 'zod';
import { modelFeatures, outcomes, refusals } from '../language-model/contract.ts';

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
    model: z
      .object({ name: z.string(), features: z.array(z.enum(modelFeatures)) })
      .nullable()
      .describe('The language model that may be asked for an answer, and for what'),
    texts: z.int().describe('How many texts were looked at: the newest, as far as the caller reads them'),
    summary: z.array(sentence),
    promises: z.array(openPromise),
    strength: relationshipStrength.nullable().describe('null: there was no contact, or it is a conversation'),
    next_action: nextAction.nullable(),
  })
  .meta({ id: 'Insights' });
export type Insights = z.infer<typeof insights>;

export const answerKinds = ['summary', 'next_action', 'reply_draft'] as const;
export type AnswerKind = (typeof answerKinds)[number];

export const insightAnswerPost = insightQuery.extend({ kind: z.enum(answerKinds) }).meta({ id: 'InsightAnswerPost' });
export type InsightAnswerPost = z.infer<typeof insightAnswerPost>;

export const insightAnswer = z
  .object({
    kind: z.enum(answerKinds),
    made_by: z.enum(['model', 'rules']),
    model: z.string().nullable(),
    why: z
      .enum([...outcomes, ...refusals])
      .nullable()
      .describe('Why the answer is not of the model'),
    is_cached: z.boolean().describe('The model answered this before, to the same texts'),
    sentences: z.array(z.object({ text: z.string().max(600), sources: z.array(insightSource) })),
    next_action: nextAction.nullable().describe('Of an answer by rules'),
    dropped: z.int().describe('Sentences that were left out: without a source that was sent, or no plain text'),
    tokens_left: z.int().nullable().describe('Of the quotas of today, as far as the caller may use them for this'),
  })
  .meta({ id: 'InsightAnswer' });
export type InsightAnswer = z.infer<typeof insightAnswer>;
