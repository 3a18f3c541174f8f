import { z } from 'zod';
import { invalidField, problems } from '../../../kernel/errors/problem.ts';
import { asCaller } from '../../../kernel/http/as-caller.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { confirmMaker } from '../../../kernel/identity/index.ts';
import type { Services } from '../../../kernel/services.ts';
import { confirmVectorModel, modelVectors, modelVectorsPost } from '../language-model/index.ts';
import { enqueueAnew } from './learn.ts';
import { readVectorState } from './vector-state.ts';

const vectors_path = '/api/v1/language-model/vectors';
const access = { resource: 'tenant', action: 'update' } as const;

export const meaningRoutes = ({ cache }: Pick<Services, 'cache'>): Route[] => [
  route({
    method: 'POST',
    path: '/api/v1/meaning-models',
    tag: 'Search',
    summary:
      'Learn anew, in the background, what the words of the workspace mean; until then the model of before serves',
    access,
    status: 202,
    response: z.object({ waits: z.boolean().describe('false: one was asked for already') }),
    handler: async (ctx) => ({
      body: { waits: (await enqueueAnew(ctx)) !== null },
    }),
  }),
  route({
    method: 'GET',
    path: vectors_path,
    tag: 'Insights',
    summary: 'What vectors of the language model for search by meaning cost, and how far they are made',
    access,
    response: modelVectors,
    // Counted by the program, in a transaction of its own.
    prepare: async ({ db, actor }) => {
      if (!actor) throw problems.notSignedIn();
      const body = await readVectorState({ db, tenant_id: actor.tenant_id });
      return async () => ({ body });
    },
  }),
  route({
    method: 'POST',
    path: vectors_path,
    tag: 'Insights',
    summary:
      'Agree to the cost: all texts of the workspace are sent to the endpoint, and search by meaning uses its vectors',
    access,
    // What decides where texts go takes a confirmed session.
    transaction: false,
    body: modelVectorsPost,
    response: modelVectors,
    status: 202,
    handler: async (bare, { body, request }) => {
      const tenant_id = await asCaller(bare, request, async (ctx) => {
        await confirmMaker(ctx, cache);
        if (await confirmVectorModel(ctx, body.vector_model)) return ctx.tenant_id;
        throw invalidField('vector_model', 'changed', 'The settings name another model by now: look at its cost first');
      });
      return { body: await readVectorState({ db: bare.db, tenant_id }) };
    },
  }),
];
