import type { Filter } from './filter/filter.ts';

/** What the address of a list carries. */
export interface ListSearch {
  view?: string;
  filter?: Filter;
  sort?: string;
  /** The record shown in the panel. */
  open?: string;
  create?: boolean;
  /** Deals: table or board. */
  as?: 'table' | 'board';
  pipeline?: string;
}

export function listSearch(search: Record<string, unknown>): ListSearch {
  const text = (key: string) => (typeof search[key] === 'string' ? (search[key] as string) : undefined);
  const as = text('as');
  return {
    view: text('view'),
    filter: typeof search.filter === 'object' && search.filter !== null ? (search.filter as Filter) : undefined,
    sort: text('sort'),
    open: text('open'),
    create: search.create === true || undefined,
    as: as === 'table' || as === 'board' ? as : undefined,
    pipeline: text('pipeline'),
  };
}
