import { uuidV7 } from '../../../kernel/database/uuid.ts';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { isListedDestination, needsTls } from '../../../kernel/http/destinations.ts';
import { decodeCursor, encodeCursor } from '../../../kernel/resource/cursor.ts';
import type { Services } from '../../../kernel/services.ts';
import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import type { Asker, Called, ModelServices } from './call.ts';
import { chat } from './chat.ts';
import type { LanguageModel, LanguageModelPut, ModelTest } from './contract.ts';
import { findSettings, listCalls, lockSettings, putSettings, usedToday } from './queries.ts';
import { sealKey } from './secret.ts';
import { vectorsOf } from './vectors.ts';

export async function readModel(ctx: Context, { config }: Pick<Services, 'config'>): Promise<LanguageModel> {
  const row = await findSettings(ctx);
  if (!row) return { destinations: config.OUTBOUND_HOSTS, settings: null, used_today: await usedToday(ctx) };
  const { id: _, sealed_key, confirmed_vector_model: __, ...settings } = row;
  return {
    destinations: config.OUTBOUND_HOSTS,
    settings: { ...settings, has_key: sealed_key !== null },
    used_today: await usedToday(ctx),
  };
}

export async function saveModel(
  ctx: Context,
  services: Pick<Services, 'config' | 'keyRing'>,
  { key, ...put }: LanguageModelPut,
): Promise<void> {
  const url = new URL(put.url);
  refuseUnsafe(services, url);
  await lockSettings(ctx);
  const before = await findSettings(ctx);
  const id = before?.id ?? uuidV7();
  // A key that was given for one host is not sent to another.
  if (key === undefined && before?.sealed_key && new URL(before.url).host !== url.host)
    throw invalidField('key', 'required', 'Write the key again: it was given for another host');
  const kept = key === undefined ? (before?.sealed_key ?? null) : null;
  await putSettings(ctx, { ...put, id, sealed_key: key ? sealKey(services, ctx.tenant_id, id, key) : kept });
}

function refuseUnsafe({ config }: Pick<Services, 'config'>, url: URL): void {
  if (url.username || url.password) throw invalidField('url', 'credentials', 'Leave out name and password');
  if (needsTls(url) && !config.ALLOW_PLAINTEXT)
    throw invalidField('url', 'plaintext', 'The address must begin with https://');
  if (!isListedDestination(config.OUTBOUND_HOSTS, url))
    throw invalidField(
      'url',
      'not_listed',
      'Its host is not among those that the operator of this installation lists (OUTBOUND_HOSTS)',
    );
}

/** The settings by which somebody may ask the model; null where there are none. The key among them is the program's. */
export const askerOf = (ctx: Pick<Context, 'db' | 'tenant_id' | 'actor'>): Promise<Asker | null> =>
  withContext(
    ctx.db,
    systemActor(ctx.tenant_id),
    async (system) => {
      const settings = await findSettings(system);
      return settings ? { db: ctx.db, tenant_id: ctx.tenant_id, user_id: ctx.actor.user_id, settings } : null;
    },
    { mode: 'read' },
  );

const test_words = 'Answer with the single word: ready';

/** Asks for a word and a vector, and says what came back. No text of the workspace leaves. */
export async function testModel(services: ModelServices, asker: Asker): Promise<ModelTest> {
  const { chat_model, vector_model } = asker.settings;
  const about = { feature: 'test', subject: null, sources: [] } as const;
  const word = (content: string) => content.replace(/\p{C}/gu, ' ').trim().slice(0, 100);
  const written =
    chat_model &&
    (await chat(services, asker, chat_model, {
      ...about,
      system: 'This is a test of the connection.',
      user: test_words,
      tokensOut: 50,
      read: word,
    }));
  const vectors =
    vector_model &&
    (await vectorsOf(services, asker, vector_model, { ...about, texts: ['ready'], dimensions: undefined }));
  return {
    chat: written ? triedOf(written, (text) => text) : null,
    vectors: vectors ? triedOf(vectors, ([vector]) => String(vector!.length)) : null,
  };
}

const triedOf = <T>(called: Called<T>, answerOf: (value: T) => string): NonNullable<ModelTest['chat']> => ({
  outcome: called.outcome,
  answer: called.outcome === 'ok' ? answerOf(called.value) : null,
  duration_ms: called.duration_ms,
});

export async function readCalls(ctx: Context, { cursor, limit }: { cursor?: string | undefined; limit: number }) {
  const binding = JSON.stringify([ctx.tenant_id, 'language-model-calls']);
  const before = cursor ? (decodeCursor(cursor, binding) as [string, string]) : null;
  const rows = await listCalls(ctx, { before, limit: limit + 1 });
  const data = rows.slice(0, limit);
  const last = rows.length > limit ? data.at(-1) : undefined;
  return { data, next_cursor: last ? encodeCursor([last.created_at, last.id], binding) : null };
}

export const notConfigured = () => problems.notFound('language model of this workspace');
