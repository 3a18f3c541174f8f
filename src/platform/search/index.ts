import { type Route, route } from '../../kernel/http/route.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type MeaningAnswer, searchAnswer, searchQuery } from './contract.ts';
import { search, searchWritten } from './queries.ts';

export { plain } from './excerpt.ts';

/** Search by meaning belongs to a module above the platform; src/modules/index.ts composes both. */
export type SearchByMeaning = (ctx: Context, q: string, limit: number) => Promise<MeaningAnswer>;

export const searchRoutes = (types: readonly RecordType[], byMeaning: SearchByMeaning): Route[] => [
  route({
    method: 'GET',
    path: '/api/v1/search',
    tag: 'Search',
    summary: 'Records by names and keys, and what was written by its words, as one types',
    access: 'signed_in',
    query: searchQuery,
    response: searchAnswer,
    handler: async (ctx, { query: { q, limit, by } }) => {
      if (by === 'meaning') return { body: { data: [], written: [], meaning: await byMeaning(ctx, q, limit) } };
      const [data, written] = await Promise.all([search(ctx, types, q, limit), searchWritten(ctx, types, q, limit)]);
      return { body: { data, written } };
    },
  }),
];
