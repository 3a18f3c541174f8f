import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Notification } from '../../../src/platform/notification/contract.ts';
import { api } from '../../platform/query/api.ts';
import { inTurn } from '../../platform/query/lanes.ts';
import { takeOut } from '../../platform/query/lists.ts';
import { queryClient } from '../../platform/query/queryClient.ts';
import { findType } from '../../platform/record/recordTypes.ts';

export type { Notification };

export const inboxViews = ['unread', 'all', 'snoozed'] as const;
export type InboxView = (typeof inboxViews)[number];

export const inboxSearch = (search: Record<string, unknown>): { view?: InboxView } => ({
  view: inboxViews.find((view) => view === search.view && view !== 'unread'),
});

const key = 'notification';

export function useInbox(view: InboxView) {
  const pages = useInfiniteQuery({
    queryKey: [key, 'list', view],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      api.get<{ data: Notification[]; next_cursor: string | null }>(
        '/notifications',
        { view, cursor: pageParam },
        signal,
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
  return { ...pages, rows: pages.data?.pages.flatMap((page) => page.data) ?? [] };
}

/**
 * At least so long between two looks, whatever the clocks say; at most a day, since a timer holds no more than 24 of
 * them.
 */
const wake_ms_min = 1_000;
const wake_ms_max = 86_400_000;

const msUntil = (at: string) => Math.min(wake_ms_max, Math.max(wake_ms_min, Date.parse(at) - Date.now()));

/** How many are unread; also when one that was put off comes back. */
export function useUnread(): number {
  const { data } = useQuery({
    queryKey: [key, 'summary'],
    queryFn: ({ signal }) => api.get<{ unread: number; wakes_at: string | null }>('/notifications/summary', {}, signal),
    refetchInterval: ({ state }) => (state.data?.wakes_at ? msUntil(state.data.wakes_at) : false),
  });
  return data?.unread ?? 0;
}

const refresh = () => queryClient.invalidateQueries({ queryKey: [key] });

/** What leaves the unread does so at once: the key one presses next is about the one that takes its place. */
async function change({ id }: Notification, fields: object, leavesUnread: boolean): Promise<void> {
  if (leavesUnread) takeOut([key, 'list', 'unread'], id);
  await inTurn(id, () => api.patch(`/notifications/${id}`, fields)).finally(refresh);
}

export const setRead = (entry: Notification, read: boolean) => change(entry, { read }, read);

/** `atOnce`: it leaves the unread before the server has answered. */
export const snooze = (entry: Notification, until: string | null, { atOnce = true } = {}) =>
  change(entry, { snoozed_until: until, ...(until && { read: false }) }, atOnce && until !== null);

/** Marks the notifications as read up to the newest that is shown. */
export async function readAll(newest: Notification): Promise<void> {
  await api.post('/notifications/readings', { until: newest.at });
  await refresh();
}

/** Where what it is about is shown. */
export function placeOf({ resource, record, source }: Notification): { to: string; hash?: string; search?: object } {
  const list = findType(resource)?.path;
  if (list && record) return { to: `${list}/${record.id}`, ...(source && { hash: `${source.resource}-${source.id}` }) };
  if (list) return { to: list };
  if (resource === 'import' && record) return { to: `/imports/${record.id}` };
  if (resource === 'export') return { to: '/exports' };
  if (resource === 'change') return { to: '/trash', search: { view: 'changes' } };
  if (resource === 'duplicate') return { to: '/duplicates' };
  if (resource === 'webhook') return { to: '/settings/webhooks', ...(record && { search: { webhook: record.id } }) };
  return { to: '/tasks', ...(record && { search: { task: record.id } }) };
}
