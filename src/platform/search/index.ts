import { type BareContext, type Route, route } from '../../kernel/http/route.ts';
import type { RecordType } from '../../kernel/record-type/record-type.ts';
import { prepareNames } from '../../kernel/resource/sealed-names/prepared.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type MeaningAnswer, searchAnswer, searchQuery } from './contract.ts';
import { hasSealedNames } from './named.ts';
import { hidesNumbers } from './numbers.ts';
import { hasSealedBodies, search, searchWritten } from './queries.ts';

/**
 * Search by meaning belongs to a module above the platform; src/modules/index.ts composes both. Whatever it asks
 * elsewhere comes first, and is not waited for in the transaction of the search.
 */
export type SearchByMeaning = (
  bare: BareContext,
  q: string,
  limit: number,
) => Promise<(ctx: Context) => Promise<MeaningAnswer>>;

/** Whoever types does not wait until all names of a workspace are read: they hear that they are, and ask again. */
const names_wait_ms = 300;

export const searchRoutes = (types: readonly RecordType[], byMeaning: SearchByMeaning): Route[] => [
  route({
    method: 'GET',
    path: '/api/v1/search',
    tag: 'Search',
    summary: 'Records by names and keys, and what was written by its words, as one types',
    access: 'signed_in',
    query: searchQuery,
    response: searchAnswer,
    prepare: async (bare, { query: { q, limit, by } }) => {
      if (by === 'meaning') {
        const find = await byMeaning(bare, q, limit);
        return async (ctx) => {
          const [meaning, bodies_sealed] = await Promise.all([find(ctx), hasSealedBodies(ctx, types)]);
          return { body: { data: [], written: [], bodies_sealed, numbers_sealed: false, meaning } };
        };
      }
      const names = await prepareNames(bare, names_wait_ms);
      return async (ctx) => {
        const [data, written, bodies_sealed, names_sealed, numbers_sealed] = await Promise.all([
          search(ctx, types, q, limit, names),
          searchWritten(ctx, types, q, limit),
          hasSealedBodies(ctx, types),
          hasSealedNames(ctx, names, q),
          hidesNumbers(ctx, types, q),
        ]);
        return { body: { data, written, bodies_sealed, numbers_sealed, ...(names_sealed && { names_sealed }) } };
      };
    },
  }),
];
