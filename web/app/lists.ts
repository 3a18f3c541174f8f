import type { InfiniteData, QueryKey } from '@tanstack/react-query';
import type { Page } from './api.ts';
import { queryClient } from './queryClient.ts';
import type { Resource } from './resources.ts';

/** Puts a record that was read or saved into every list and page that shows it. */
export function replaceRow(resource: Resource, record: { id: string }): void {
  queryClient.setQueriesData<InfiniteData<Page<{ id: string }>>>({ queryKey: [resource, 'list'] }, (list) => {
    if (!list?.pages.some((page) => page.data.some((row) => row.id === record.id))) return list;
    return {
      ...list,
      pages: list.pages.map((page) => ({
        ...page,
        data: page.data.map((row) => (row.id === record.id ? record : row)),
      })),
    };
  });
  void queryClient.invalidateQueries({ queryKey: [resource, 'sums'] });
  if (queryClient.getQueryData([resource, 'one', record.id])) {
    queryClient.setQueryData([resource, 'one', record.id], record);
  }
}

/** Whether an open list or page shows this record. */
export function isShown(resource: Resource, id: string): boolean {
  const open = queryClient.getQueryCache().findAll({ queryKey: [resource], type: 'active' });
  return open.some(({ queryKey: [, kind, of], state }) => {
    if (kind === 'one') return of === id;
    const list = state.data as InfiniteData<Page<{ id: string }>> | undefined;
    return kind === 'list' && list?.pages.some((page) => page.data.some((row) => row.id === id));
  });
}

/** Takes a deleted record out of what is on screen before the lists are read again. */
export function removeRow(resource: Resource, id: string): void {
  takeOut([resource, 'list'], id);
  void queryClient.invalidateQueries({ queryKey: [resource, 'sums'] });
}

/** Takes a row out of the lists whose keys begin so, as they were read. The caller has them read again once the server knows. */
export function takeOut(queryKey: QueryKey, id: string): void {
  // An answer from before would put it back.
  void queryClient.cancelQueries({ queryKey });
  queryClient.setQueriesData<InfiniteData<Pick<Page<{ id: string }>, 'data'>>>(
    { queryKey },
    (list) =>
      list && {
        ...list,
        pages: list.pages.map((page) => ({ ...page, data: page.data.filter((row) => row.id !== id) })),
      },
  );
}
