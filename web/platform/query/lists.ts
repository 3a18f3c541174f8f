import { type InfiniteData, type QueryKey, replaceEqualDeep } from '@tanstack/react-query';
import type { Page } from './api.ts';
import { queryClient } from './queryClient.ts';
import type { Resource } from './resources.ts';

export type Rows = InfiniteData<Page<{ id: string }>>;

const holds = (list: Rows | undefined, id: string): list is Rows =>
  list?.pages.some((page) => page.data.some((row) => row.id === id)) ?? false;

/** The newer of two versions of a record, whichever arrived first. */
export const newest = <T extends { id: string; version?: unknown }>(known: T | undefined, record: T): T =>
  known && Number(known.version) > Number(record.version) ? known : record;

/**
 * Keep what is known of a record where an answer is older: one that was asked for before a change was saved may arrive
 * after it, and would put back what stood there. Given to a query as its `structuralSharing`.
 */
export const sharingRecord = (known: unknown, read: unknown): unknown =>
  replaceEqualDeep(known, newest(known as { id: string } | undefined, read as { id: string }));

/** The same for the rows of a list. */
export function sharingRows(known: unknown, read: unknown): unknown {
  const rows = new Map((known as Rows | undefined)?.pages.flatMap(({ data }) => data.map((row) => [row.id, row])));
  const list = read as Rows;
  const pages = list.pages.map((page) => ({ ...page, data: page.data.map((row) => newest(rows.get(row.id), row)) }));
  return replaceEqualDeep(known, { ...list, pages });
}

/**
 * Puts a record that was read or saved into every list and page that shows it. None of the lists counts as read just
 * now: where the record stands, and whether it belongs there, only the server says. Those that nobody looks at are read
 * again when somebody does.
 */
export function replaceRow(resource: Resource, record: { id: string }): void {
  replaceIn<Rows>([resource, 'list'], (list) => {
    if (!holds(list, record.id)) return undefined;
    return { ...list, pages: list.pages.map((page) => withRow(page, record)) };
  });
  // A board shows a card where its values belong, also when the columns cannot be read again.
  replaceIn<Page<{ id: string }>>([resource, 'other', 'columns'], (column) =>
    column.data.some(({ id }) => id === record.id) ? withRow(column, record) : undefined,
  );
  void queryClient.invalidateQueries({ queryKey: [resource, 'list'], type: 'inactive', refetchType: 'none' });
  void queryClient.invalidateQueries({ queryKey: [resource, 'sums'] });
  queryClient.setQueryData<{ id: string }>([resource, 'one', record.id], (known) => known && newest(known, record));
}

const withRow = (page: Page<{ id: string }>, record: { id: string }) => ({
  ...page,
  data: page.data.map((row) => (row.id === record.id ? newest(row, record) : row)),
});

/** Changes what was read under keys that begin so, as old as it is; `change` answers nothing for what stays. */
function replaceIn<T>(queryKey: QueryKey, change: (known: T) => T | undefined): void {
  for (const query of queryClient.getQueryCache().findAll({ queryKey })) {
    const { data, dataUpdatedAt: updatedAt, isInvalidated } = query.state;
    const changed = data === undefined ? undefined : change(data as T);
    if (changed === undefined) continue;
    queryClient.setQueryData<unknown>(query.queryKey, changed, { updatedAt });
    if (isInvalidated) query.invalidate();
  }
}

/** Whether an open list or page shows this record. */
export function isShown(resource: Resource, id: string): boolean {
  const open = queryClient.getQueryCache().findAll({ queryKey: [resource], type: 'active' });
  return open.some(({ queryKey: [, kind, of], state }) => {
    if (kind === 'one') return of === id;
    return kind === 'list' && holds(state.data as Rows | undefined, id);
  });
}

/** Takes a deleted record out of what is on screen before the lists are read again. */
export function removeRow(resource: Resource, id: string): void {
  takeOut([resource, 'list'], id);
  void queryClient.invalidateQueries({ queryKey: [resource, 'sums'] });
}

/**
 * Takes a row out of the lists whose keys begin so, as they were read. The caller has them read again once the server
 * knows.
 */
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
