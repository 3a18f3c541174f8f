import { route } from '../../../kernel/http/route.ts';
import { searchAnswer, searchQuery } from './contract.ts';
import { search } from './queries.ts';

export const routes = [
  route({
    method: 'GET',
    path: '/api/v1/search',
    tag: 'Search',
    summary: 'Contacts, companies and deals, by names and keys, as one types',
    access: 'signed_in',
    query: searchQuery,
    response: searchAnswer,
    handler: async (ctx, { query }) => ({ body: { data: await search(ctx, query.q, query.limit) } }),
  }),
];
