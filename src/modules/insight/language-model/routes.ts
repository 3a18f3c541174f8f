import { asCaller } from '../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { confirmMaker } from '../../../kernel/identity/index.ts';
import type { Services } from '../../../kernel/services.ts';
import { languageModel, languageModelPut, modelCallPage, modelCallQuery, modelTest } from './contract.ts';
import { deleteSettings } from './queries.ts';
import { askerOf, notConfigured, readCalls, readModel, saveModel, testModel } from './service.ts';

const path = '/api/v1/language-model';
const about = { tag: 'Insights', access: { resource: 'tenant', action: 'update' } } as const;

export const languageModelRoutes = (services: Services): Route[] => [
  route({
    ...about,
    method: 'GET',
    path,
    summary: 'The language model of the workspace, where it may be, and what was used of it today',
    response: languageModel,
    handler: async (ctx) => ({ body: await readModel(ctx, services) }),
  }),
  route({
    ...about,
    method: 'PUT',
    path,
    summary: 'Set the OpenAI-compatible endpoint of the workspace and what it may be used for',
    // What decides where texts go takes a confirmed session, and the key is stored for no Idempotency-Key.
    transaction: false,
    body: languageModelPut,
    response: languageModel,
    handler: async (bare, { body, request }) => ({
      body: await asCaller(bare, request, async (ctx) => {
        await confirmMaker(ctx, services.cache);
        await saveModel(ctx, services, body);
        return readModel(ctx, services);
      }),
    }),
  }),
  route({
    ...about,
    method: 'DELETE',
    path,
    summary: 'Ask no language model any more; its log stays',
    handler: async (ctx) => {
      if ((await deleteSettings(ctx)) === 0) throw notConfigured();
      return {};
    },
  }),
  route({
    ...about,
    method: 'POST',
    path: `${path}/tests`,
    summary: 'Ask the endpoint for a word and a vector, and say what came back; no text of the workspace leaves',
    transaction: false,
    response: modelTest,
    status: 200,
    rateLimit: { name: 'language_model_test', limit: 20, windowSeconds: 60 },
    handler: async (bare, { request }) => {
      const asker = await asCaller(bare, request, askerOf);
      if (!asker) throw notConfigured();
      return { body: await testModel(services, asker) };
    },
  }),
  route({
    ...about,
    method: 'GET',
    path: `${path}/calls`,
    summary:
      'What was sent to the language model in the last 90 days, newest first; the texts themselves are not there',
    query: modelCallQuery,
    response: modelCallPage,
    handler: async (ctx, { query }) => ({ body: await readCalls(ctx, query) }),
  }),
];
