import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { ImportOutcome } from '../../../../../src/platform/import/outcome/contract.ts';
import { api, type Page } from '../../../../platform/query/api.ts';

export type { ImportOutcome };
export type OutcomeKind = 'update' | 'create' | 'could_be';

export const outcomes_per_page = 10;

/** What the check says of the rows of a file, page by page. */
export function useOutcomes(importId: string, fileId: string, kind: OutcomeKind) {
  const query = useInfiniteQuery({
    queryKey: ['import', 'outcomes', importId, fileId, kind],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<ImportOutcome> & { total: number }>(
        `/imports/${importId}/outcomes`,
        { file_id: fileId, kind, cursor: pageParam, limit: outcomes_per_page },
        signal,
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  return { ...query, pages: query.data?.pages ?? [], total: query.data?.pages[0]?.total ?? 0 };
}
