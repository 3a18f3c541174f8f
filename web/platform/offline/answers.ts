import type { InfiniteData, Query, QueryClient, QueryFunctionContext, QueryKey } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { t } from '../../text/text.ts';
import { isBeingDeleted, isGoneThen } from '../query/deleting.ts';
import type { PageCursor } from '../query/pageCursors.ts';
import { ApiError, isUnreachable, pageError } from '../query/problem.ts';
import { isKept } from '../query/resources.ts';
import { keepSeen, readSeen, type Seen } from './offlineCache.ts';
import { forgetRecords } from './purgeRevoked.ts';

const second_try_ms = 300;
const quiet_ms = 1000;
const idle_ms_max = 2000;
const pages_max = 2;

/**
 * What may stay in the browser: the records of daily work and what it takes to show them. All else, such as keys,
 * sessions, the audit log or what people import, is never written down.
 */
const mayStay = ([type, part]: QueryKey) =>
  (type === 'session' && part === undefined) ||
  ((type === 'favourite' || isKept(String(type))) && part !== 'lookup' && part !== 'matches');

/** When the oldest of what is shown from this browser was read; null while all is from the server. */
let shown_since: number | null = null;
const listeners = new Set<() => void>();

function showingSince(at: number | null): void {
  shown_since = at;
  for (const listener of listeners) listener();
}

export const useShownSince = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown_since,
  );

/** Data that came out of this browser: it is not written back as if it were news. */
const old = new WeakSet<object>();

/** Asks the server, and only when that cannot be reached shows what was seen last. */
export async function askOrRemember<T>(
  ask: (context: QueryFunctionContext) => T | Promise<T>,
  context: QueryFunctionContext,
  query: Query,
): Promise<T> {
  const { data } = query.state;
  const deleted = query.queryKey.find(isBeingDeleted);
  if (deleted !== undefined) {
    if (data !== undefined) return data as T;
    // A part of the record's page that is loaded late, and goes with it.
    if (await isGoneThen(deleted)) throw pageError(404, 'not_found', t('It no longer exists, or you cannot see it.'));
  }
  try {
    return await askTwice(ask, context);
  } catch (error) {
    if (isGone(error, query)) {
      query.setState({ data: undefined });
      await forgetRecords(context.client, new Set([String(query.queryKey[2])]));
    }
    if (!isUnreachable(error)) throw error;
    // Further pages of a list are never kept.
    const kept = query.state.fetchMeta?.fetchMore ? undefined : await remembered(query);
    showingSince(Math.min(kept?.at ?? Date.now(), shown_since ?? Date.now()));
    if (!kept) throw error;
    old.add(kept.data as object);
    return kept.data as T;
  }
}

/** The record is gone, or was taken from the reader. */
const isGone = (error: unknown, { queryKey }: Query) =>
  queryKey[1] === 'one' && error instanceof ApiError && (error.status === 404 || error.status === 403);

/** A broken connection may be back at once. */
async function askTwice<T>(ask: (context: QueryFunctionContext) => T | Promise<T>, context: QueryFunctionContext) {
  try {
    return await ask(context);
  } catch (error) {
    if (!isUnreachable(error) || !navigator.onLine) throw error;
    await new Promise((resolve) => setTimeout(resolve, second_try_ms));
    return ask(context);
  }
}

async function remembered({ state, queryKey, queryHash }: Query): Promise<Seen | undefined> {
  if (state.data !== undefined) return { data: state.data, at: state.dataUpdatedAt };
  return mayStay(queryKey) ? readSeen(queryHash) : undefined;
}

/** Safari has no word for it. */
const whenIdle = (work: () => void) =>
  'requestIdleCallback' in window ? window.requestIdleCallback(work, { timeout: idle_ms_max }) : setTimeout(work);

/** Writes down what is read and what changes meanwhile, a moment after it came. */
export function keepAnswers(client: QueryClient): void {
  const fresh = new Set<Query>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    // What was thrown away meanwhile is not kept.
    const answers = [...fresh]
      .filter(({ state }) => state.data !== undefined && isFromStart(state.data))
      .map((query): [string, unknown] => [query.queryHash, short(query.state.data)]);
    fresh.clear();
    if (answers.length > 0) void keepSeen(answers);
  };
  client.getQueryCache().subscribe(({ type, query, ...event }) => {
    if (type !== 'updated' || !('action' in event) || event.action.type !== 'success' || !mayStay(query.queryKey))
      return;
    const { data } = query.state;
    if (typeof data !== 'object' || data === null || old.has(data)) return;
    fresh.add(query);
    timer ??= setTimeout(() => whenIdle(write), quiet_ms);
  });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && write());
}

/** Whether the rows at hand of a long list are its first ones. */
const isFromStart = (data: unknown) =>
  !(data as Partial<InfiniteData<unknown, Partial<PageCursor>>>).pageParams?.[0]?.before;

/** The beginning of a long list, as if it ended there. */
function short(data: unknown): unknown {
  const list = data as Partial<InfiniteData<{ next_cursor: string | null }>>;
  if (!Array.isArray(list.pages) || list.pages.length <= pages_max) return data;
  const pages = list.pages.slice(0, pages_max);
  return { pages, pageParams: list.pageParams?.slice(0, pages_max) };
}

/** The server is there again: everything is read anew. */
export function allFresh(client: QueryClient): void {
  if (shown_since === null) return;
  showingSince(null);
  void client.invalidateQueries();
}
