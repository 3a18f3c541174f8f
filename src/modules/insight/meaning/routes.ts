import { z } from 'zod';
import { type Route, route } from '../../../kernel/http/route.ts';
import { enqueueAnew } from './learn.ts';

export const meaningRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/api/v1/meaning-models',
    tag: 'Search',
    summary:
      'Learn anew, in the background, what the words of the workspace mean; until then the model of before serves',
    access: { resource: 'tenant', action: 'update' },
    status: 202,
    response: z.object({ waits: z.boolean().describe('false: one was asked for already') }),
    handler: async (ctx) => ({
      body: { waits: (await enqueueAnew(ctx)) !== null },
    }),
  }),
];
