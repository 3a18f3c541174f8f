import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { t } from '../../text/text.ts';
import { addChange } from '../offline/add.ts';
import { versionNow } from '../offline/arrivals.ts';
import { rowsWithWaiting } from '../offline/overlay.ts';
import { newId, useWaiting } from '../offline/waiting.ts';
import type { Filter } from '../record/filter/filter.ts';
import { api, type Changed, exchange, list_rows_max } from './api.ts';
import { whileDeleting } from './deleting.ts';
import { newest, removeRow, replaceRow, sharingRecord, sharingRows } from './lists.ts';
import { readNamedList } from './namedList.ts';
import { queryClient } from './queryClient.ts';
import { pathOf, type Resource } from './resources.ts';
import { offerUndo } from './undo.ts';

export interface ListOptions {
  filter?: Filter | null;
  sort?: string | null;
  limit?: number;
  count?: boolean;
  enabled?: boolean;
  /** The rows stay while those of another filter are read. */
  keepPrevious?: boolean;
}

/** A page of a list; with `count` comes how many there are in all of it. */
export const readPage = <T>(
  resource: Resource,
  { filter, sort, limit, count }: ListOptions,
  cursor: string,
  signal?: AbortSignal,
) =>
  readNamedList<T>(
    pathOf(resource),
    {
      filter: filter ? JSON.stringify(filter) : null,
      sort: sort ?? null,
      limit: limit ?? null,
      cursor,
      count: count || null,
    },
    signal,
  );

/** A list that grows as one asks for more. */
export function useRecords<T extends { id: string }>(resource: Resource, options: ListOptions) {
  const { filter = null, sort = null, limit = 50, count = false, enabled = true, keepPrevious = false } = options;
  const query = useInfiniteQuery({
    queryKey: [resource, 'list', { filter, sort, limit, count }],
    enabled,
    placeholderData: keepPrevious ? keepPreviousData : undefined,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      readPage<T>(resource, { filter, sort, limit, count: count && !pageParam }, pageParam, signal),
    getNextPageParam: (page) => page.next_cursor,
    structuralSharing: sharingRows,
  });
  const waiting = useWaiting();
  const rows = useMemo(
    () => rowsWithWaiting(query.data?.pages.flatMap((page) => page.data) ?? [], waiting, resource, filter),
    [query.data, waiting, resource, filter],
  );
  const first = query.data?.pages[0];
  // What could not be read on is not asked for again and again.
  const hasNextPage = query.hasNextPage && !query.isFetchNextPageError;
  return { ...query, hasNextPage, rows, total: first?.total ?? null, totalIsExact: first?.total_is_exact ?? true };
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
    queryFn: ({ signal }: { signal: AbortSignal }) => api.get<T>(`${pathOf(resource)}/${id}`, {}, signal),
    structuralSharing: sharingRecord,
  };
}

/** A change of which the server has no answer yet: it waits, and what it makes of a record is shown. */
export type Sent<T> = Changed<T> & { waits?: true };

/** What is shown in place of the ids that a body refers by, such as `owner` for `owner_id`. */
export type OptimisticFields = Record<string, unknown>;

/** Makes a record; without a network as soon as there is one. Throws what the server refuses. */
async function sendNew<T extends { id: string }>(
  resource: Resource,
  body: Record<string, unknown>,
  optimistic: OptimisticFields,
): Promise<Sent<T>> {
  const change = {
    id: crypto.randomUUID(),
    kind: 'create',
    resource,
    record_id: newId(),
    record: {},
    body,
    optimistic,
  } as const;
  return addChange<T>(change, () => exchange<T>('POST', pathOf(resource), { body, key: change.id }));
}

/** Saves some fields of a record; without a network as soon as there is one. Throws what the server refuses. */
export async function sendFields<T>(
  resource: Resource,
  record: { id: string; version: number },
  body: Record<string, unknown>,
  optimistic: OptimisticFields,
): Promise<Sent<T>> {
  const id = crypto.randomUUID();
  // What is being edited may have been made without a network, and have arrived meanwhile.
  const { id: record_id, version } = versionNow(record);
  const change = {
    id,
    kind: 'update',
    resource,
    record_id,
    record: { ...record, version },
    body,
    optimistic,
  } as const;
  const options = { body, key: id, version };
  return addChange<T>(change, () => exchange<T>('PATCH', `${pathOf(resource)}/${record_id}`, options));
}

const unseen = () => t('You cannot see it, because it belongs to somebody else.');
export const untilOnline = () => t('It is kept here and sent when you are back online.');

/** Of a record that one has made and may not see, the server answers the id alone. */
export const isUnseen = (made: { id: string; version?: number }): boolean => made.version === undefined;

/** Makes a record and offers to take it back, with this title. */
export async function createRecord<T extends { id: string; version?: number }>(
  resource: Resource,
  body: Record<string, unknown>,
  title?: string,
  optimistic: OptimisticFields = {},
): Promise<T> {
  const { data, change, waits } = await sendNew<T>(resource, body, optimistic);
  if (!waits) await queryClient.invalidateQueries({ queryKey: [resource] });
  if (title) offerUndo(title, change, waits ? untilOnline() : isUnseen(data) ? unseen() : undefined);
  return data;
}

/** Saves some fields and offers to take that back, with this title. Throws what the server refuses. */
export async function saveRecord<T extends { id: string; version: number }>(
  resource: Resource,
  record: T,
  changes: Record<string, unknown>,
  title?: string,
  optimistic: OptimisticFields = {},
): Promise<T> {
  const { data, change, waits } = await sendFields<T>(resource, record, changes, optimistic);
  if (!waits) {
    replaceRow(resource, data);
    queryClient.setQueryData<T>([resource, 'one', data.id], (known) => newest(known, data));
    void queryClient.invalidateQueries({ queryKey: [resource, 'timeline', data.id] });
  }
  if (title) offerUndo(title, change, waits && untilOnline());
  return data;
}

/** Moves a record to the trash and offers to bring it back. */
export const trashRecord: typeof trash = async (resource, record, ...rest) => {
  // An answer that comes after its deletion would find nothing.
  void queryClient.cancelQueries({ predicate: ({ queryKey }) => queryKey.includes(record.id) });
  try {
    await whileDeleting(record.id, () => trash(resource, record, ...rest));
  } catch (error) {
    // It stays, and what was told of it meanwhile was not read.
    void queryClient.invalidateQueries({ queryKey: [resource] });
    throw error;
  }
};

async function trash(
  resource: Resource,
  record: { id: string },
  title: string,
  refresh?: () => Promise<void>,
): Promise<void> {
  const { id } = record;
  const entry = {
    id: crypto.randomUUID(),
    kind: 'delete',
    resource,
    record_id: id,
    record: { ...record },
    body: null,
    optimistic: {},
  } as const;
  const { change, waits } = await addChange(entry, () => exchange('DELETE', `${pathOf(resource)}/${id}`, {}));
  if (!waits) {
    removeRow(resource, id);
    void queryClient.invalidateQueries({ queryKey: [resource, 'list'] });
    await refresh?.();
  }
  offerUndo(title, change, waits && untilOnline());
}
