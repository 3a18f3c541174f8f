import { z } from 'zod';
import { list_rows_max } from '../../../kernel/contract/resource.ts';

/** What a workspace may use its language model for. */
export const modelFeatures = ['summary', 'next_action', 'reply_draft', 'search'] as const;
export type ModelFeature = (typeof modelFeatures)[number];

/** What came of a call. Beside `ok` and `pending` each says why there is no answer of the model. */
export const outcomes = [
  'pending',
  'ok',
  'timeout',
  'too_large',
  'not_json',
  'invalid',
  'dimension',
  'tool_call',
  'nothing_left',
  'rate_limited',
  'refused',
  'status',
  'redirect',
  'private_address',
  'unknown_host',
  'certificate',
  'connection',
  'failed',
] as const;
export type Outcome = (typeof outcomes)[number];

/** Why a model was not asked at all, or what it answered is not shown. */
export const refusals = [
  'not_configured',
  'feature_off',
  'nothing_to_read',
  'texts_changed',
  'not_listed',
  'silent_copy',
  'quota_workspace',
  'quota_person',
  'quota_feature',
] as const;
export type Refusal = (typeof refusals)[number];
export const isRefusal = (outcome: Outcome | Refusal): outcome is Refusal =>
  (refusals as readonly string[]).includes(outcome);

const modelName = z.string().trim().min(1).max(200).nullable();
const tokens = z.int().min(1).max(2_000_000_000);
const price = z.number().min(0).max(1_000_000).describe('For a million tokens');

export const languageModelPut = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, hostname: /./, error: 'Write the whole address, such as https://api.openai.com/v1' })
      .max(500)
      .describe('Of the API, without /chat/completions; its host stands on the list of the operator'),
    key: z
      .string()
      .trim()
      .min(1)
      .max(1000)
      .nullable()
      .optional()
      .describe('Left out: the one that is there; null: none'),
    chat_model: modelName.describe('Writes summaries, next steps and drafts'),
    vector_model: modelName.describe(
      'Makes vectors for search by meaning, once POST /language-model/vectors has agreed to what that costs',
    ),
    features: z.array(z.enum(modelFeatures)).max(modelFeatures.length),
    workspace_tokens_max: tokens.describe('A day (UTC), for the whole workspace'),
    person_tokens_max: tokens.describe('A day, for each person'),
    feature_tokens_max: tokens.describe('A day, for each feature'),
    price_in: price,
    price_out: price,
    price_vectors: price,
    currency: z
      .string()
      .max(3)
      .regex(/^[A-Z]{3}$/, 'Write three capital letters, such as USD'),
  })
  .meta({ id: 'LanguageModelPut' });
export type LanguageModelPut = z.infer<typeof languageModelPut>;

export const languageModel = z
  .object({
    destinations: z.array(z.string()).describe('The hosts that the operator of the installation lists'),
    settings: languageModelPut.omit({ key: true }).extend({ has_key: z.boolean() }).nullable(),
    used_today: z.array(
      z.object({
        kind: z.enum(['workspace', 'person', 'feature']),
        key: z.string(),
        tokens: z.int(),
        name: z.string(),
      }),
    ),
  })
  .meta({ id: 'LanguageModel' });
export type LanguageModel = z.infer<typeof languageModel>;

export const modelVectors = z
  .object({
    state: z
      .enum(['off', 'unconfirmed', 'making', 'serving'])
      .describe('off: no model for vectors is named, or it is not used for search'),
    model: z.string().nullable(),
    texts: z.int().describe('How many notes, activities and mails there are'),
    embedded: z.int().describe('How many of them have vectors of this model'),
    tokens: z.int().describe('What all of them take at most'),
    cost: z.number().describe('Of these tokens, by the price in the settings'),
    currency: z.string(),
    days: z.int().describe('How many days that takes under the quotas of the workspace and of the feature'),
  })
  .meta({ id: 'LanguageModelVectors' });
export type ModelVectors = z.infer<typeof modelVectors>;

export const modelVectorsPost = z
  .strictObject({ vector_model: z.string().max(200).describe('The one whose cost was shown') })
  .meta({ id: 'LanguageModelVectorsPost' });

const tried = z.object({
  outcome: z.enum([...outcomes, ...refusals]),
  answer: z.string().max(200).nullable().describe('The beginning of what it wrote, or how many numbers a vector has'),
  duration_ms: z.int(),
});
export const modelTest = z
  .object({ chat: tried.nullable(), vectors: tried.nullable() })
  .meta({ id: 'LanguageModelTest' });
export type ModelTest = z.infer<typeof modelTest>;

export const modelCall = z.object({
  id: z.uuid(),
  feature: z.enum([...modelFeatures, 'test']),
  user: z.object({ id: z.uuid(), name: z.string() }).nullable().describe('null: the program itself'),
  resource: z.string().nullable(),
  record_id: z.uuid().nullable(),
  sources: z.array(z.uuid()).describe('The texts that left'),
  host: z.string(),
  model: z.string(),
  bytes_sent: z.int(),
  bytes_received: z.int().nullable(),
  tokens_in: z.int().nullable(),
  tokens_out: z.int().nullable(),
  cost: z.number().nullable().describe('An estimate, by the prices in the settings'),
  currency: z.string(),
  outcome: z.enum(outcomes),
  duration_ms: z.int().nullable(),
  created_at: z.iso.datetime(),
});
export type ModelCall = z.infer<typeof modelCall>;

export const modelCallQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(list_rows_max).default(30),
  cursor: z.string().max(4000).optional(),
});
export const modelCallPage = z.object({ data: z.array(modelCall), next_cursor: z.string().nullable() });
