import { t } from '../../text/text.ts';
import { products } from '../product/products.ts';
import { type Changed, exchange } from '../query/api.ts';
import { replaceRow } from '../query/lists.ts';
import { ApiError, askedByStage, isUndecided } from '../query/problem.ts';
import { queryClient } from '../query/queryClient.ts';
import { pathOf } from '../query/resources.ts';
import { renameRecent } from '../record/recents.ts';
import { renameDrafts } from '../session/drafts.ts';
import { pageEnd } from '../session/pageUser.ts';
import { noteArrival, noteChange } from './arrivals.ts';
import { conflictsOf, isDone } from './conflict.ts';
import { namesOnly } from './overlay.ts';
import {
  arrived,
  isNew,
  nextToSend,
  type PendingMutation,
  readAgain,
  setWaiting,
  tellArrival,
  waiting,
} from './waiting.ts';

const retry_ms = 5_000;
/** The server remembers what it was sent for a day; after that it could make a record twice. */
const remembered_ms = 23 * 3_600_000;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Sends what waits, in its order, from one window at a time. */
export async function sendWaiting(): Promise<void> {
  clearTimeout(timer);
  await navigator.locks.request('holdfast-waiting', { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    await readAgain();
    for (let next = nextToSend(waiting()); next; next = nextToSend(waiting()))
      if (!(await send(next))) return sendLater();
  });
}

export function sendLater(): void {
  clearTimeout(timer);
  if (!pageEnd()) timer = setTimeout(() => void sendWaiting(), retry_ms);
}

/** Returns false when the request must be sent again later. */
async function send(entry: PendingMutation): Promise<boolean> {
  if (entry.sent_at === null) await setWaiting(entry.id, { sent_at: Date.now() });
  else if (entry.kind === 'create' && Date.now() - entry.sent_at > remembered_ms) {
    const reason = t(
      'It has waited so long that it may have arrived without a response. Check before you send it again.',
    );
    await setWaiting(entry.id, { state: 'refused', reason });
    return true;
  }
  try {
    await completeMutation(entry, (await request(entry)).data);
  } catch (error) {
    return handleError(entry, error);
  }
  return true;
}

type Made = { id: string; version: number };

function request(entry: PendingMutation): Promise<Changed<Made | undefined>> {
  const { id: key, kind, resource, body, place } = entry;
  const one = `${pathOf(resource)}/${entry.record_id}`;
  const version = entry.record.version as number;
  if (kind === 'create') return exchange('POST', pathOf(resource), { body, key });
  if (kind === 'delete') return exchange('DELETE', one, {});
  if (kind === 'reopen') return exchange('DELETE', `${one}/closure`, { version });
  if (place) return exchange('POST', `${one}/moves`, { body: { ...body, ...place }, key, version });
  return exchange('PATCH', one, { body, key, version });
}

async function completeMutation(entry: PendingMutation, made: Made | undefined): Promise<void> {
  if (made && entry.kind !== 'create') replaceRow(entry.resource, made);
  for (const { offline } of products()) await offline?.[entry.resource]?.onArrival?.(entry);
  const named = made && isNew(entry.record_id) && { from: entry.record_id, to: made.id };
  if (named) {
    // Before it is said, so that a page that shows the record goes on without a gap.
    queryClient.setQueryData([entry.resource, 'one', named.to], made);
    noteArrival(named.from, made);
    renameDrafts(named.from, named.to);
    renameRecent(named.from, named.to);
  } else if (made) noteChange(entry.record.version as number, made);
  await arrived(entry, made ?? null);
  if (named) tellArrival(named.from, named.to);
  void queryClient.invalidateQueries({ queryKey: [entry.resource] });
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === 'timeline' });
}

async function handleError(entry: PendingMutation, error: unknown): Promise<boolean> {
  if (!(error instanceof ApiError)) throw error;
  const { status, problem } = error;
  // It is sent again, by whoever made it, once they have signed in again.
  if (isUndecided(error) || status === 401) return false;
  if (status === 404 && entry.kind === 'delete') await completeMutation(entry, undefined);
  else if (status === 412 && problem.current) await reconcile(entry, problem.current as Made);
  // The card it was put behind has gone elsewhere. Another request than the one that was refused, so with a key of its
  // own.
  else if (problem.errors.some(({ code }) => code === 'not_in_column'))
    await setWaiting(entry.id, { id: crypto.randomUUID(), place: undefined });
  else {
    // Of a record that one may not see any more, no more than its name stays.
    const record = status === 404 || status === 403 ? namesOnly(entry) : entry.record;
    await setWaiting(entry.id, { state: 'refused', reason: error.message, missing: askedByStage(error), record });
  }
  return true;
}

/**
 * Somebody else was quicker. Where both changed different fields, both are kept; the same one is for a person to
 * decide.
 */
async function reconcile(entry: PendingMutation, current: Made): Promise<void> {
  const record = current as unknown as PendingMutation['record'];
  replaceRow(entry.resource, current);
  if (isDone(entry, record)) await completeMutation(entry, current);
  else if (conflictsOf(entry, record).length === 0) await setWaiting(entry.id, { record });
  else await setWaiting(entry.id, { state: 'conflict', current: record });
}
