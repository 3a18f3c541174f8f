import { type Context, systemActor, withContext } from '../../../kernel/tenancy/context.ts';
import { findSettings, type ModelVectors, notConfigured, tokensIn } from '../language-model/index.ts';
import { text_max } from './passages.ts';
import { countEmbedded, modelsInMaking, servingModel, sizeOfTexts } from './queries.ts';

/**
 * What vectors of the endpoint for all texts cost, and how many texts have one: counted by the program, since nobody
 * reads all of them.
 */
export const readVectorState = ({ db, tenant_id }: Pick<Context, 'db' | 'tenant_id'>): Promise<ModelVectors> =>
  withContext(db, systemActor(tenant_id), stateOf, { mode: 'read' });

async function stateOf(ctx: Context): Promise<ModelVectors> {
  const settings = await findSettings(ctx);
  if (!settings) throw notConfigured();
  const { vector_model: model, confirmed_vector_model, price_vectors, currency, features } = settings;
  const { workspace_tokens_max, feature_tokens_max } = settings;
  const { texts, bytes } = await sizeOfTexts(ctx, text_max);
  const tokens = tokensIn(bytes);
  const cost = (tokens * price_vectors) / 1_000_000;
  const days = Math.ceil(tokens / Math.min(workspace_tokens_max, feature_tokens_max));
  const about = { model, texts, tokens, cost, currency, days };
  if (!model || !features.includes('search')) return { ...about, state: 'off', embedded: 0 };
  if (model !== confirmed_vector_model) return { ...about, state: 'unconfirmed', embedded: 0 };
  const serving = await servingModel(ctx);
  const isServing = serving?.vector_model === model;
  const row = isServing ? serving : (await modelsInMaking(ctx)).find(({ vector_model }) => vector_model === model);
  const embedded = row ? await countEmbedded(ctx, row.id) : 0;
  return { ...about, state: isServing ? 'serving' : 'making', embedded };
}
