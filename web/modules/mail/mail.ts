/** What the page of mail reads and changes. Nothing of it stays in the browser for work without a network. */
import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { RowOf } from '../../../src/kernel/contract/resource.ts';
import type { connection } from '../../../src/modules/mail/mailbox/connection/contract.ts';
import type { folder, mailbox } from '../../../src/modules/mail/mailbox/contract.ts';
import type { message, messageContent } from '../../../src/modules/mail/message/contract.ts';
import type { ownThread, thread } from '../../../src/modules/mail/message/thread/contract.ts';
import type { outgoing } from '../../../src/modules/mail/outgoing/contract.ts';
import { api, readAll } from '../../platform/query/api.ts';
import { queryClient } from '../../platform/query/queryClient.ts';

export type Mailbox = RowOf<typeof mailbox> & { address: string };
export type Folder = z.infer<typeof folder>;
export type Connection = z.infer<typeof connection>;
export type Thread = z.infer<typeof thread>;
type OwnThread = z.infer<typeof ownThread>;
export type Message = RowOf<typeof message> & { shown: 'exists' | 'subject' | 'everything' };
export type MessageContent = z.infer<typeof messageContent>;
export type OutgoingMail = z.infer<typeof outgoing>;

const key = 'mail';
/** The program looks for mail once a minute; while it imports there is something new all the time. */
const poll_ms = 20_000;
const busy_poll_ms = 3_000;

export const refreshMail = () => queryClient.invalidateQueries({ queryKey: [key] });

export const useMailboxes = () =>
  useQuery({
    queryKey: [key, 'mailboxes'],
    queryFn: async ({ signal }) => (await readAll<Mailbox>('/mailboxes', { sort: 'name' }, signal)).data,
  });

/** How a mailbox of one's own that is connected stands with its provider. */
export const useConnection = (mailbox: string, isConnected: boolean) =>
  useQuery({
    queryKey: [key, 'connection', mailbox],
    enabled: isConnected,
    queryFn: ({ signal }) => api.get<Connection>(`/mailboxes/${mailbox}/connection`, {}, signal),
    refetchInterval: ({ state }) => (state.data?.state === 'syncing' ? busy_poll_ms : poll_ms),
  });

export const useFolders = (mailbox: string) =>
  useQuery({
    queryKey: [key, 'folders', mailbox],
    queryFn: async ({ signal }) =>
      api.get<{ data: Folder[]; is_connected: boolean }>(`/mailboxes/${mailbox}/folders`, {}, signal),
    // Of one that was connected just now they come within seconds, and its inbox with them.
    refetchInterval: ({ state: { data } }) => (data?.is_connected && data.data.length === 0 ? busy_poll_ms : poll_ms),
  });

interface ThreadList {
  mailbox: string;
  folder: string | undefined;
  unread: boolean;
  snoozed: boolean;
  q: string | undefined;
  /** It is not known yet in which folder. */
  enabled: boolean;
}
interface ThreadsPage {
  data: Thread[];
  next_cursor: string | null;
}

export function useThreads({ mailbox, folder, unread, snoozed, q, enabled }: ThreadList) {
  const pages = useInfiniteQuery({
    queryKey: [key, 'threads', mailbox, { folder, unread, snoozed, q }],
    enabled,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      api.get<ThreadsPage>(
        '/threads',
        { mailbox_id: mailbox, folder_id: folder, unread, snoozed, q, cursor: pageParam },
        signal,
      ),
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: poll_ms,
  });
  return { ...pages, rows: pages.data?.pages.flatMap(({ data }) => data) ?? [] };
}

/** A conversation that is not in the list that is shown, such as one that is snoozed and was opened by its address. */
export const useUnlistedThread = (id: string | undefined) =>
  useQuery({
    queryKey: [key, 'thread', id],
    enabled: id !== undefined,
    queryFn: ({ signal }) => api.get<Thread>(`/threads/${id}`, {}, signal),
  });

export type Threads = ReturnType<typeof useThreads>;

/** What is done with a conversation shows at once in each list that has it; null: it is in the list no more. */
function showChange(id: string, change: (thread: Thread) => Thread | null): void {
  queryClient.setQueriesData<InfiniteData<ThreadsPage>>({ queryKey: [key, 'threads'] }, (list) =>
    list
      ? {
          ...list,
          pages: list.pages.map((page) => ({
            ...page,
            data: page.data.flatMap((thread) => (thread.id === id ? (change(thread) ?? []) : [thread])),
          })),
        }
      : list,
  );
}

/** Says whether a conversation was read. It stays where it stands in the list. */
export async function markThread(id: string, unread: boolean): Promise<void> {
  showChange(id, (thread) => ({ ...thread, unread: unread ? Math.max(1, thread.unread) : 0 }));
  await api.patch(`/threads/${id}`, { unread });
  await queryClient.invalidateQueries({ queryKey: [key, 'folders'] });
}

/** Moves a conversation or puts it off. */
export async function changeThread(
  id: string,
  change: { move_to?: 'inbox' | 'archive' | 'junk' | 'trash'; snoozed_until?: string | null },
): Promise<void> {
  showChange(id, () => null);
  await api.patch(`/threads/${id}`, change).finally(refreshMail);
}

/** The messages of a conversation, the oldest first. */
export const useConversation = ({ thread, message }: { thread?: string | undefined; message?: string | undefined }) =>
  useQuery({
    queryKey: [key, 'conversation', thread ?? message],
    queryFn: ({ signal }) =>
      thread
        ? api.get<{ data: Message[] }>(`/threads/${thread}/messages`, {}, signal)
        : readConversation(message!, signal),
    select: ({ data }) => data,
    refetchInterval: poll_ms,
  });

const readConversation = (message: string, signal: AbortSignal) =>
  api.get<{ data: Message[]; thread: OwnThread | null }>(`/messages/${message}/conversation`, {}, signal);

/** How the conversation of a message that was opened from a record stands in a mailbox of one's own, if it does. */
export const useOwnThread = (message: string | undefined) =>
  useQuery({
    queryKey: [key, 'conversation', message],
    enabled: message !== undefined,
    queryFn: ({ signal }) => readConversation(message!, signal),
    select: ({ thread }) => thread,
    staleTime: poll_ms,
  });

export const contentQuery = (id: string) => ({
  queryKey: [key, 'content', id],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<MessageContent>(`/messages/${id}/content`, {}, signal),
  // What a mail says never changes.
  staleTime: Number.POSITIVE_INFINITY,
});
/** What a scanner found in a file of it does. */
export const refreshContent = (id: string) => queryClient.invalidateQueries({ queryKey: contentQuery(id).queryKey });

export const useOutgoing = (mailbox: string) =>
  useQuery({
    queryKey: [key, 'outgoing', mailbox],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: OutgoingMail[] }>('/outgoing-mails', { mailbox_id: mailbox }, signal)).data,
    refetchInterval: poll_ms,
  });
