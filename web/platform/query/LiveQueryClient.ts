import { type InvalidateOptions, type InvalidateQueryFilters, QueryClient } from '@tanstack/react-query';

/**
 * What changed is read again by itself at any moment. That would break off the next page that somebody has just asked
 * for, without a word, so it waits for that page and reads it again with the others.
 */
export class LiveQueryClient extends QueryClient {
  override async invalidateQueries(filters?: InvalidateQueryFilters, options?: InvalidateOptions): Promise<void> {
    const paging = this.getQueryCache()
      .findAll({ ...filters, fetchStatus: 'fetching' })
      .filter(({ state }) => state.fetchMeta?.fetchMore);
    // One that fails is no reason to keep what is outdated.
    if (paging.length > 0) await Promise.allSettled(paging.map(({ promise }) => promise));
    return super.invalidateQueries(filters, options);
  }
}
