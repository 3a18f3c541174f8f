import { route } from '../../kernel/http/route.ts';
import { searchAnswer, searchQuery } from './contract.ts';
import { search, searchWritten } from './queries.ts';

export const routes = [
  route({
    method: 'GET',
    path: '/api/v1/search',
    tag: 'Search',
    summary:
      'Contacts, companies and deals by names and keys, notes, comments, activities and tasks by their words, as one types',
    access: 'signed_in',
    query: searchQuery,
    response: searchAnswer,
    handler: async (ctx, { query: { q, limit } }) => {
      const [data, written] = await Promise.all([search(ctx, q, limit), searchWritten(ctx, q, limit)]);
      return { body: { data, written } };
    },
  }),
];
