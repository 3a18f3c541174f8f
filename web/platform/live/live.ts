import { useEffect, useSyncExternalStore } from 'react';
import { refreshFavourites } from '../favourite/favourites.ts';
import { checkRecords, forgetRecords, forgetTaken } from '../offline/purgeRevoked.ts';
import { products } from '../product/products.ts';
import { address, api } from '../query/api.ts';
import { isBeingDeleted } from '../query/deleting.ts';
import { isShown, replaceRow } from '../query/lists.ts';
import { queryClient } from '../query/queryClient.ts';
import { isResource, isWorkedWith, pathOf, type Resource } from '../query/resources.ts';
import { dropRecents, recentRecords } from '../record/recents.ts';

export type Connection = 'open' | 'connecting' | 'offline';

interface Change {
  resource: string;
  id: string | null;
  /** gone: it was taken from those whose records one reads. */
  action: 'create' | 'update' | 'delete' | 'gone';
}

const batch_ms = 200;
const retry_ms_max = 30_000;
/** The server reaches a little further back than it is told. */
const soon_ms = 2_000;
/** Above this many changes at once the lists are read again as a whole. */
const single_reads_max = 10;

/** What the page has read so far it began to read then, before anybody told it of changes. */
const began = performance.now();

let connection: Connection = 'connecting';
/** The last that was heard. */
let heard = '';
let source: EventSource | null = null;
let retry_ms = 1000;
let timer: ReturnType<typeof setTimeout> | undefined;
let pending: Change[] = [];
const listeners = new Set<() => void>();

function connect() {
  source?.close();
  // The browser goes on after the last event by itself, but not on a stream that it was refused or that was closed
  // here.
  const from = heard ? { after: heard } : { reading_ms: Math.ceil(performance.now() - began) };
  const asked = performance.now();
  source = new EventSource(address('/events', from));
  // One that waited for a free connection, or was tried again, said how long the page had read when it was asked for.
  source.addEventListener('ready', () => heard === '' && performance.now() - asked > soon_ms && readAll(), {
    once: true,
  });
  source.addEventListener('open', () => {
    retry_ms = 1000;
    report('open');
  });
  for (const kind of ['ready', 'change', 'reset', 'rights'])
    source.addEventListener(kind, ({ lastEventId }: MessageEvent) => {
      heard = lastEventId;
    });
  source.addEventListener('change', (event) => {
    pending.push(JSON.parse(event.data) as Change);
    if (pending.length === 1) setTimeout(flush, batch_ms);
  });
  source.addEventListener('reset', readAll);
  source.addEventListener('rights', readAll);
  source.addEventListener('error', () => {
    report(navigator.onLine ? 'connecting' : 'offline');
    // The browser tries again by itself, with Last-Event-ID, unless it was refused.
    if (source?.readyState !== EventSource.CLOSED) return;
    // Why, only another answer says: nobody is signed in any more, or somebody else.
    void api.get('/session').catch(() => undefined);
    timer = setTimeout(connect, retry_ms);
    retry_ms = Math.min(retry_ms * 2, retry_ms_max);
  });
}

/** Nobody says what changed. */
function readAll() {
  void queryClient.invalidateQueries();
  void forgetTaken(queryClient);
}

function flush() {
  const changes = pending;
  pending = [];
  const touched = new Set<Resource>();
  const taken = new Set<string>();
  const single = new Map<string, { resource: Resource; id: string }>();
  for (const { resource, id, action } of changes) {
    // The session says whether there are any.
    if (resource === 'favourite') for (const key of ['favourite', 'session']) touched.add(key);
    if (!isResource(resource)) continue;
    // What was shown of it is not for the reader any more.
    if (action === 'gone')
      void queryClient.resetQueries({ predicate: ({ queryKey }) => queryKey[0] === resource && queryKey[2] === id });
    if (id && (action === 'gone' || action === 'delete')) taken.add(id);
    if (id && action === 'update') single.set(`${resource}/${id}`, { resource, id });
    else touched.add(resource);
  }
  for (const key of subscribed(changes.map(({ resource }) => resource))) touched.add(key);
  markNames(changes);
  refreshFavourites(changes);
  void forgetRecords(queryClient, taken);
  askAboutRecents(changes);
  if (single.size > single_reads_max) for (const { resource } of single.values()) touched.add(resource);
  for (const resource of touched) void queryClient.invalidateQueries({ queryKey: [resource] });
  for (const { resource, id } of single.values()) if (!touched.has(resource)) void readAgain(resource, id);
  void queryClient.invalidateQueries({ queryKey: ['trash'] });
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === 'timeline' });
}

/**
 * The queries that products want read again with these resources, one after the other: what one reads again, the next
 * may depend on.
 */
function subscribed(resources: readonly string[]): Set<string> {
  const changed = new Set(resources);
  const rereads = new Set<string>();
  for (const subscription of products().flatMap(({ live = [] }) => live)) {
    if (!subscription.of.some((resource) => changed.has(resource))) continue;
    for (const key of subscription.rereads) {
      changed.add(key);
      rereads.add(key);
    }
  }
  return rereads;
}

/**
 * Records are shown by their names, and in their colours, with others too: a company with its deals. What may show them
 * is read again when somebody comes to it next, and not at once: something changes all the time where many work, and
 * few changes are of a name.
 */
function markNames(changes: readonly Change[]) {
  const named = new Set(
    changes.flatMap(({ resource, action }) => (isResource(resource) && action !== 'create' ? resource : [])),
  );
  void queryClient.invalidateQueries({
    predicate: ({ queryKey: [own] }) => isWorkedWith(String(own)) && [...named].some((each) => each !== own),
    refetchType: 'none',
  });
}

/**
 * A change may have moved what was opened recently to the trash, or given it another name; one without a record may be
 * of any. The page of a record says so itself.
 */
function askAboutRecents(changes: readonly Change[]) {
  const updated = new Set(
    changes.flatMap(({ resource, id, action }) => (action === 'update' ? `${resource}/${id ?? ''}` : [])),
  );
  const recents = recentRecords().filter(({ resource, id }) => {
    const isOpen = queryClient.getQueryCache().find({ queryKey: [resource, 'one', id], type: 'active' });
    return (updated.has(`${resource}/${id}`) || updated.has(`${resource}/`)) && !isOpen;
  });
  for (const type of new Set(recents.map(({ resource }) => resource))) {
    const ids = recents.flatMap(({ resource, id }) => (resource === type ? id : []));
    void checkRecords(queryClient, type, ids);
  }
}

/**
 * A changed row changes where it stands; the list keeps its order under the reader's eyes. One that nobody looks at, or
 * that is just being deleted here, is not read: the lists are, since it may belong to them now.
 */
async function readAgain(resource: Resource, id: string) {
  if (isBeingDeleted(id) || !isShown(resource, id)) return void queryClient.invalidateQueries({ queryKey: [resource] });
  try {
    const record = await api.get<{ id: string; deleted_at?: string | null }>(`${pathOf(resource)}/${id}`);
    if (record.deleted_at) dropRecents(new Set([id]));
    replaceRow(resource, record);
    void queryClient.invalidateQueries({ queryKey: [resource, 'other'] });
  } catch {
    void queryClient.invalidateQueries({ queryKey: [resource] });
  }
}

function report(next: Connection) {
  if (next === connection) return;
  connection = next;
  for (const listener of listeners) listener();
}

const goOffline = () => report('offline');

/**
 * A page one may come back to is kept whole by the browser, and its stream would take one of the six connections there
 * are.
 */
const leave = () => source?.close();
const comeBack = ({ persisted }: PageTransitionEvent) => {
  if (!persisted) return;
  connect();
  void queryClient.invalidateQueries();
};

/** Keeps the stream open while someone is signed in. */
export function useLiveUpdates(): void {
  useEffect(() => {
    connect();
    window.addEventListener('offline', goOffline);
    window.addEventListener('online', connect);
    window.addEventListener('pagehide', leave);
    window.addEventListener('pageshow', comeBack);
    return () => {
      window.removeEventListener('offline', goOffline);
      window.removeEventListener('online', connect);
      window.removeEventListener('pagehide', leave);
      window.removeEventListener('pageshow', comeBack);
      clearTimeout(timer);
      source?.close();
      source = null;
    };
  }, []);
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );
}
