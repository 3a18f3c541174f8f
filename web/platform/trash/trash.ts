import { useInfiniteQuery } from '@tanstack/react-query';
import type { Trashed, TrashOutcome } from '../../../src/platform/trash/contract.ts';
import { t } from '../../text/text.ts';
import { toast } from '../../ui/toast.ts';
import { api, changing } from '../query/api.ts';
import { type Change, hasEnded, offerUndo, refresh } from '../query/undo.ts';
import { changesUndo } from '../query/undoTogether.ts';

export type { Trashed };

interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

const poll_ms = 1_000;

function usePages<T>(
  path: string,
  query: Record<string, string | undefined>,
  going: (row: T) => boolean = () => false,
) {
  const pages = useInfiniteQuery({
    queryKey: ['trash', path, query],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => api.get<Page<T>>(path, { ...query, cursor: pageParam }, signal),
    getNextPageParam: (page) => page.next_cursor,
    // What still goes on is looked at again.
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.data.some(going)) ? poll_ms : false),
  });
  return { ...pages, rows: pages.data?.pages.flatMap((page) => page.data) ?? [] };
}

export const useTrash = (kind: string | undefined) => usePages<Trashed>('/trash', { resource: kind });

export const useChanges = () => usePages<Change>('/changes', {}, (change) => !hasEnded(change));

/** The most items that the API takes at a time. */
const items_max = 200;

/** What was done with all of them, part by part. */
async function sendParts(path: string, items: readonly Trashed[]): Promise<TrashOutcome & { changes: string[] }> {
  const all: TrashOutcome & { changes: string[] } = { done: 0, left: [], changes: [] };
  try {
    for (let sent = 0; sent < items.length; sent += items_max) {
      const part = items.slice(sent, sent + items_max).map(({ resource, id }) => ({ resource, id }));
      const { data, change } = await changing.post<TrashOutcome>(path, { items: part });
      all.done += data.done;
      all.left.push(...data.left);
      if (change) all.changes.push(change);
    }
  } finally {
    await refresh();
  }
  return all;
}

const leftOf = ({ left }: TrashOutcome) =>
  left.length > 0
    ? t(
        '{count, plural, one {# record was left} other {# records were left}}: already gone, or you may not change it.',
        {
          count: left.length,
        },
      )
    : undefined;

export async function restoreItems(items: readonly Trashed[]): Promise<void> {
  const all = await sendParts('/trash/restorations', items);
  const title = t('{count, plural, one {# record restored from the trash} other {# records restored from the trash}}', {
    count: all.done,
  });
  const [change = null, ...others] = all.changes;
  if (others.length > 0) toast(title, { description: leftOf(all), action: changesUndo(all.changes) });
  else offerUndo(title, change, leftOf(all));
}

/** Deletes items for good, so no undo is offered. */
export async function purgeItems(items: readonly Trashed[]): Promise<void> {
  const data = await sendParts('/trash/deletions', items);
  offerUndo(
    t('{count, plural, one {# record deleted for good} other {# records deleted for good}}', { count: data.done }),
    null,
    leftOf(data),
  );
}
