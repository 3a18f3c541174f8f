import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { asCaller } from '../../../kernel/http/as-caller.ts';
import type { BareContext } from '../../../kernel/http/route.ts';
import { mayHaveSealed } from '../../../kernel/resource/personal.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import type { Refusal } from '../language-model/contract.ts';
import {
  type Asker,
  askerOf,
  type Called,
  chat,
  type ModelServices,
  ModelTrouble,
  tokensLeft,
} from '../language-model/index.ts';
import { type CheckedAnswer, checkAnswer, modelAnswer } from './check.ts';
import type { InsightAnswer, InsightAnswerPost } from './contract.ts';
import { type Prompt, promptOf } from './prompt.ts';
import { deleteAnswer, findAnswer, insertAnswer } from './queries.ts';
import { answerByRules, type InsightTexts, readTexts } from './service.ts';

const tokens_out_max = 1_200;

/** What was read as the caller, and what a model answered to the same before. */
interface Prepared {
  read: InsightTexts;
  byRules: InsightAnswer;
  prompt: Prompt;
  digest: Buffer;
  known: CheckedAnswer | undefined;
}

/**
 * An answer of the language model about a record or conversation, by the texts that the caller reads; where there is
 * none that can be used, the one by rules, with the reason.
 */
export async function answerInsight(
  services: ModelServices,
  bare: BareContext,
  request: FastifyRequest,
  asked: InsightAnswerPost,
): Promise<InsightAnswer> {
  const asCallerDo = <R>(work: (ctx: Context) => Promise<R>) => asCaller(bare, request, work);
  const asker = await asCallerDo(askerOf);
  const prepareNow = () => asCallerDo((ctx) => prepare(ctx, asker, asked));
  const prepared = await prepareNow();
  const { byRules, known } = prepared;
  const refusal = refusalOf(asker, asked, prepared);
  if (refusal || !asker) return { ...byRules, why: refusal };
  if (known) return withLeft(asker, asked, present(prepared, asker, known, true));
  const called = await askModel(services, asker, asked, prepared);
  if (called.outcome !== 'ok') return withLeft(asker, asked, { ...byRules, why: called.outcome });
  const isKept = await keep(asker, prepared, called.value);
  const current = await prepareAgain(asker, prepared, prepareNow);
  const answered = isKept ? current.known : called.value;
  const answer: InsightAnswer =
    answered && current.digest.equals(prepared.digest)
      ? present(current, asker, answered, false)
      : { ...current.byRules, why: refusalOf(asker, asked, current) ?? 'texts_changed' };
  return withLeft(asker, asked, answer);
}

async function prepare(ctx: Context, asker: Asker | null, asked: InsightAnswerPost): Promise<Prepared> {
  const read = await readTexts(ctx, asked.of, asked.id);
  const byRules = await answerByRules(ctx, asked.kind, read);
  const prompt = promptOf(asked.kind, read.texts);
  const digest = digestOf(asker, asked, prompt);
  return { read, byRules, prompt, digest, known: await findAnswer(ctx, digest) };
}

/**
 * What the caller may read, and the texts themselves, can have changed while the model thought. The answer to those of
 * before is deleted then: the change of a text came before there was an answer that could end with it.
 */
async function prepareAgain(
  asker: Asker,
  { digest }: Prepared,
  prepareNow: () => Promise<Prepared>,
): Promise<Prepared> {
  let current: Prepared | undefined;
  try {
    current = await prepareNow();
    return current;
  } finally {
    if (!current?.digest.equals(digest)) await forget(asker, digest);
  }
}

/** The same texts asked in the same way. Whoever reads other texts, or changed ones, asks something else. */
const digestOf = (
  asker: Asker | null,
  { of, id, kind }: InsightAnswerPost,
  { system, user, labelled }: Prompt,
): Buffer => {
  const sources = [...labelled.values()].map((text) => text.id);
  const { url, chat_model } = asker?.settings ?? {};
  return createHash('sha256')
    .update(JSON.stringify([url, chat_model, of, id, kind, system, user, sources]))
    .digest();
};

function refusalOf(asker: Asker | null, { kind }: InsightAnswerPost, { prompt }: Prepared): Refusal | null {
  if (!asker?.settings.chat_model) return 'not_configured';
  if (!asker.settings.features.includes(kind)) return 'feature_off';
  return prompt.labelled.size === 0 ? 'nothing_to_read' : null;
}

const askModel = (
  services: ModelServices,
  asker: Asker,
  { of, id, kind }: InsightAnswerPost,
  { prompt }: Prepared,
): Promise<Called<CheckedAnswer>> =>
  chat(services, asker, asker.settings.chat_model!, {
    feature: kind,
    subject: { resource: recordTypeOf(of), id },
    sources: [...prompt.labelled.values()].map((text) => text.id),
    system: prompt.system,
    user: prompt.user,
    schema: { name: 'sentences', contract: modelAnswer },
    tokensOut: tokens_out_max,
    read: (content) => {
      const checked = checkAnswer(content, new Set(prompt.labelled.keys()));
      if (!checked) throw new ModelTrouble('invalid');
      if (checked.sentences.length === 0) throw new ModelTrouble('nothing_left');
      return kind === 'next_action' ? { ...checked, sentences: checked.sentences.slice(0, 1) } : checked;
    },
  });

function recordTypeOf(of: InsightAnswerPost['of']): string {
  if (of === 'thread') return 'mail_thread';
  return of === 'message' ? 'mail_message' : of;
}

/** Not where texts may be sealed, whose words it has. Answers whether it was stored. */
const keep = (
  { db, tenant_id, settings }: Asker,
  { digest, prompt }: Prepared,
  answer: CheckedAnswer,
): Promise<boolean> =>
  withContext(db, systemActor(tenant_id), async (ctx) => {
    if (await mayHaveSealed(ctx)) return false;
    const sources = [...prompt.labelled.values()].map((text) => text.id);
    await insertAnswer(ctx, { digest, model: settings.chat_model!, answer, sources });
    return true;
  });

const forget = ({ db, tenant_id }: Asker, digest: Buffer): Promise<number> =>
  withContext(db, systemActor(tenant_id), (ctx) => deleteAnswer(ctx, digest));

function present(
  { read, byRules, prompt }: Prepared,
  { settings }: Asker,
  { sentences, dropped }: CheckedAnswer,
  is_cached: boolean,
): InsightAnswer {
  return {
    ...byRules,
    made_by: 'model',
    model: settings.chat_model,
    is_cached,
    dropped,
    next_action: null,
    sentences: sentences.map(({ text, sources }) => ({
      text,
      sources: sources.flatMap((label) => prompt.labelled.get(label) ?? []).map(read.source),
    })),
  };
}

const withLeft = async (
  { db, tenant_id, user_id }: Asker,
  { kind }: InsightAnswerPost,
  answer: InsightAnswer,
): Promise<InsightAnswer> => ({
  ...answer,
  tokens_left: await withContext(db, systemActor(tenant_id), (ctx) => tokensLeft(ctx, kind, user_id), { mode: 'read' }),
});
