import { type Route, route } from '../../../kernel/http/route.ts';
import { insightQuery, insights } from './contract.ts';
import { insightsOf } from './service.ts';

export const insightRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/insights',
    tag: 'Insights',
    summary: 'What notes, activities and mail say about a record or in a conversation, each sentence with its source',
    access: 'signed_in',
    query: insightQuery,
    response: insights,
    handler: async (ctx, { query: { of, id } }) => ({ body: await insightsOf(ctx, of, id) }),
  }),
];
