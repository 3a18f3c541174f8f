import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { Filter } from '../record/filter/filter.ts';
import { api, changing, type Page } from './api.ts';
import { removeRow, replaceRow } from './lists.ts';
import { queryClient } from './queryClient.ts';
import { paths, type Resource } from './resources.ts';
import { offerUndo } from './undo.ts';

/** What the API answers at most at a time. */
const list_rows_max = 200;

export interface ListOptions {
  filter?: Filter | null;
  sort?: string | null;
  limit?: number;
  count?: boolean;
  enabled?: boolean;
}

/** A list that grows as one scrolls. */
export function useRecords<T extends { id: string }>(resource: Resource, options: ListOptions = {}) {
  const { filter = null, sort = null, limit = 50, count = false, enabled = true } = options;
  const query = useInfiniteQuery({
    queryKey: [resource, 'list', { filter, sort, limit, count }],
    enabled,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<T>>(
        paths[resource],
        {
          filter: filter && JSON.stringify(filter),
          sort,
          limit,
          cursor: pageParam,
          count: count && !pageParam ? true : null,
        },
        signal,
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data]);
  const first = query.data?.pages[0];
  return { ...query, rows, total: first?.total ?? null, totalIsExact: first?.total_is_exact ?? true };
}

/** The whole of a list, read page by page; of a very long one the first `rows_max`. */
export function useAllRecords<T extends { id: string }>(resource: Resource, rows_max: number, options: ListOptions) {
  const list = useRecords<T>(resource, { ...options, limit: list_rows_max });
  const { fetchNextPage } = list;
  const more = list.hasNextPage && !list.isFetchingNextPage && list.rows.length < rows_max;
  useEffect(() => {
    if (more) void fetchNextPage();
  }, [more, fetchNextPage]);
  return { ...list, isCut: list.hasNextPage && list.rows.length >= rows_max };
}

export function recordQuery<T>(resource: Resource, id: string) {
  return {
    queryKey: [resource, 'one', id],
    queryFn: ({ signal }: { signal: AbortSignal }) => api.get<T>(`${paths[resource]}/${id}`, {}, signal),
  };
}

/** Makes a record and offers to take it back, with this title. */
export async function createRecord<T extends { id: string }>(
  resource: Resource,
  body: unknown,
  title?: string,
): Promise<T> {
  const { data, change } = await changing.post<T>(paths[resource], body);
  await queryClient.invalidateQueries({ queryKey: [resource] });
  if (title) offerUndo(title, change);
  return data;
}

/** Saves some fields and offers to take that back, with this title. Throws what the server refuses. */
export async function saveRecord<T extends { id: string; version: number }>(
  resource: Resource,
  record: T,
  changes: Record<string, unknown>,
  title?: string,
): Promise<T> {
  const { data, change } = await changing.patch<T>(`${paths[resource]}/${record.id}`, changes, record.version);
  replaceRow(resource, data);
  queryClient.setQueryData([resource, 'one', record.id], data);
  void queryClient.invalidateQueries({ queryKey: [resource, 'timeline', record.id] });
  if (title) offerUndo(title, change);
  return data;
}

/** Moves a record to the trash and offers to bring it back. */
export async function trashRecord(
  resource: Resource,
  { id }: { id: string },
  title: string,
  refresh?: () => Promise<void>,
): Promise<void> {
  const { change } = await changing.delete(`${paths[resource]}/${id}`);
  removeRow(resource, id);
  void queryClient.invalidateQueries({ queryKey: [resource, 'list'] });
  await refresh?.();
  offerUndo(title, change);
}
