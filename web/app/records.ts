import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Filter } from '../record/filter/filter.ts';
import { toast } from '../ui/toast.ts';
import { api, type Page } from './api.ts';
import { removeRow, replaceRow } from './lists.ts';
import { messageOf } from './problem.ts';
import { queryClient } from './queryClient.ts';
import { paths, type Resource } from './resources.ts';

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

export function recordQuery<T>(resource: Resource, id: string) {
  return {
    queryKey: [resource, 'one', id],
    queryFn: ({ signal }: { signal: AbortSignal }) => api.get<T>(`${paths[resource]}/${id}`, {}, signal),
  };
}

export function useRecord<T>(resource: Resource, id: string) {
  return useQuery(recordQuery<T>(resource, id));
}

export async function createRecord<T extends { id: string }>(resource: Resource, body: unknown): Promise<T> {
  const record = await api.post<T>(paths[resource], body);
  await queryClient.invalidateQueries({ queryKey: [resource] });
  return record;
}

/** Saves some fields and offers to undo it. Throws what the server refuses. */
export async function saveRecord<T extends { id: string; version: number }>(
  resource: Resource,
  record: T,
  changes: Record<string, unknown>,
  undo?: { title: string; previous: Record<string, unknown> },
): Promise<T> {
  const saved = await api.patch<T>(`${paths[resource]}/${record.id}`, changes, record.version);
  replaceRow(resource, saved);
  queryClient.setQueryData([resource, 'one', record.id], saved);
  void queryClient.invalidateQueries({ queryKey: [resource, 'timeline', record.id] });
  if (undo) {
    toast(undo.title, {
      action: { label: 'Undo', run: () => attempt(() => saveRecord(resource, saved, undo.previous)) },
    });
  }
  return saved;
}

/** Moves records to the trash and offers to bring them back. */
export async function trashRecords(
  resource: Resource,
  records: readonly { id: string }[],
  title: string,
  refresh?: () => Promise<void>,
): Promise<void> {
  for (const { id } of records) {
    await api.delete(`${paths[resource]}/${id}`);
    removeRow(resource, id);
  }
  void queryClient.invalidateQueries({ queryKey: [resource, 'list'] });
  await refresh?.();
  toast(title, {
    action: {
      label: 'Undo',
      run: () =>
        attempt(async () => {
          for (const { id } of records) await api.post(`${paths[resource]}/${id}/restoration`);
          await queryClient.invalidateQueries({ queryKey: [resource] });
          await refresh?.();
        }),
    },
  });
}

/** Runs a change and shows what went wrong, where there is no form to show it. */
export async function attempt(change: () => Promise<unknown>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch (error) {
    toast(messageOf(error), { kind: 'error' });
    return false;
  }
}
