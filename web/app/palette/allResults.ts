import type { RecordDefinition } from '../../platform/record/definition.ts';
import type { ListSearch } from '../../platform/record/listSearch.ts';

/** A filter has at most fifty conditions. */
const words_max = 10;

/** The list of all records of a record type in which each of these words stands, open deals or not. */
export function allResults({ searched }: RecordDefinition, text: string): ListSearch {
  const words = text.split(/\s+/).slice(0, words_max);
  const holding = (value: string) => searched.map((field) => ({ field, op: 'contains' as const, value }));
  return {
    view: 'all',
    layout: 'table',
    filter: {
      and: words.map(holding).map(([first, ...more]) => (more.length > 0 ? { or: [first!, ...more] } : first!)),
    },
  };
}
