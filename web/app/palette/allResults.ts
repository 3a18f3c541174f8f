import type { SearchHit } from '../../../src/modules/directory/search/contract.ts';
import type { ListSearch } from '../../record/listSearch.ts';

type Noun = SearchHit['resource'];

/** By which the search finds records. */
const searched: Record<Noun, readonly string[]> = {
  contact: ['name', 'email', 'phone'],
  company: ['name', 'domain', 'city'],
  deal: ['name'],
};
/** A filter has at most fifty conditions. */
const words_max = 10;

/** The list of all records of a noun in which each of these words stands, open deals or not. */
export function allResults(noun: Noun, text: string): ListSearch {
  const words = text.split(/\s+/).slice(0, words_max);
  const holding = (value: string) => searched[noun].map((field) => ({ field, op: 'contains' as const, value }));
  return {
    view: 'all',
    as: 'table',
    filter: {
      and: words.map(holding).map(([first, ...more]) => (more.length > 0 ? { or: [first!, ...more] } : first!)),
    },
  };
}
