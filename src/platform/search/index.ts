import { type Route, route } from '../../kernel/http/route.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { searchAnswer, searchQuery } from './contract.ts';
import { search, searchWritten } from './queries.ts';

export const searchRoutes = (types: readonly RecordType[]): Route[] => [
  route({
    method: 'GET',
    path: '/api/v1/search',
    tag: 'Search',
    summary: 'Records by names and keys, and what was written by its words, as one types',
    access: 'signed_in',
    query: searchQuery,
    response: searchAnswer,
    handler: async (ctx, { query: { q, limit } }) => {
      const [data, written] = await Promise.all([search(ctx, types, q, limit), searchWritten(ctx, types, q, limit)]);
      return { body: { data, written } };
    },
  }),
];
