import type { InfiniteData } from '@tanstack/react-query';
import type { Page } from './api.ts';
import { queryClient } from './queryClient.ts';
import type { Resource } from './resources.ts';

/** Puts a record that was read or saved into every list and page that shows it. Says whether there was any. */
export function replaceRow(resource: Resource, record: { id: string }): boolean {
  let found = false;
  queryClient.setQueriesData<InfiniteData<Page<{ id: string }>>>({ queryKey: [resource, 'list'] }, (list) => {
    if (!list?.pages.some((page) => page.data.some((row) => row.id === record.id))) return list;
    found = true;
    return {
      ...list,
      pages: list.pages.map((page) => ({
        ...page,
        data: page.data.map((row) => (row.id === record.id ? record : row)),
      })),
    };
  });
  if (queryClient.getQueryData([resource, 'one', record.id])) {
    found = true;
    queryClient.setQueryData([resource, 'one', record.id], record);
  }
  return found;
}

/** Takes a deleted record out of what is on screen before the lists are read again. */
export function removeRow(resource: Resource, id: string): void {
  queryClient.setQueriesData<InfiniteData<Page<{ id: string }>>>(
    { queryKey: [resource, 'list'] },
    (list) =>
      list && {
        ...list,
        pages: list.pages.map((page) => ({ ...page, data: page.data.filter((row) => row.id !== id) })),
      },
  );
}
