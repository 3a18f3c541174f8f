import { createStore, del, get, set, update } from 'idb-keyval';
import { useSyncExternalStore } from 'react';
import { t } from '../../text/text.ts';
import { pageError } from '../query/problem.ts';
import type { Resource } from '../query/resources.ts';
import { idNow, noteArrival, type Version } from './arrivals.ts';

export type Fields = Record<string, unknown>;

/** A change that has not reached the server, or not for certain. */
export interface PendingMutation {
  /** The key of the request too: however often it is sent, it happens once. */
  id: string;
  kind: 'create' | 'update' | 'delete' | 'reopen';
  resource: Resource;
  /** For a new record, the id that it has until the server gives it one. */
  record_id: string;
  /**
   * The record as it was seen before the change, with the names of what it refers to; of a new one: as it will look.
   */
  record: Fields;
  body: Fields | null;
  /** Of a card that goes into a column of the board: where in it; without one it goes to its end. */
  place?: { after_id: string } | { position: 'first' };
  /** The fields that the page shows, with records in place of the ids in the body. */
  optimistic: Fields;
  at: number;
  /** When it first left for the server, which may have got it; null while it cannot have. */
  sent_at: number | null;
  /** Refused or in conflict it stays until somebody decides; what hangs on it waits. */
  state: 'waiting' | 'refused' | 'conflict';
  reason?: string;
  /** Refused for want of these fields, for which a stage asks. */
  missing?: string[];
  /** In a conflict, the record as somebody else changed it. */
  current?: Fields;
}

const waiting_max = 500;
const arrivals_max = 500;
const new_prefix = 'new-';

const store = createStore('holdfast-waiting', 'changes');
const listeners = new Set<() => void>();
/**
 * The other windows. Open only while somebody's changes wait here: an open channel keeps a process of Node from ending.
 */
let others: BroadcastChannel | undefined;
let owner: string | null = null;
let all: readonly PendingMutation[] = [];
let lost = 0;

function show(next: readonly PendingMutation[]): void {
  all = next;
  for (const listener of listeners) listener();
}

type Arrival = readonly [from: string, to: Version];

interface Kept {
  owner: string;
  changes: readonly PendingMutation[];
  /**
   * What records that were made here have been at the server since, for windows that have not sent them: the latest
   * last.
   */
  arrivals?: readonly Arrival[];
}

export async function readAgain(): Promise<void> {
  if (!owner) return;
  const kept = await get<Kept>('changes', store);
  if (kept && kept.owner !== owner) return loseAll();
  const news = (kept?.arrivals ?? []).filter(([from]) => idNow(from) === from);
  for (const [from, to] of news) noteArrival(from, to);
  show(kept?.changes ?? []);
  for (const [from, { id }] of news) tellArrival(from, id);
}

/** A page that shows the record goes on under the name that it has at the server. */
export function tellArrival(from: string, to: string): void {
  window.dispatchEvent(new CustomEvent('holdfast:arrived', { detail: { from, to } }));
}

/** Somebody else has come to this browser, and what waited here is gone. */
function loseAll(): void {
  lost += all.length;
  show([]);
}

/** How many changes were made here and did not arrive, those that are lost included. */
export const countUnsent = (): number => all.length + lost;

/** From now on changes of this person wait here; what another one left behind goes. */
export async function waitingOf(person: string): Promise<void> {
  owner = person;
  others ??= listen();
  const kept = await get<Kept>('changes', store);
  // Said at once, so that a window of another one sees that it may keep nothing any more.
  if (kept?.owner !== person) await set('changes', { owner: person, changes: [] } satisfies Kept, store);
  await readAgain();
}

function listen(): BroadcastChannel {
  const channel = new BroadcastChannel('holdfast-waiting');
  channel.addEventListener('message', () => void readAgain());
  return channel;
}

export async function forgetWaiting(): Promise<void> {
  await del('changes', store);
  show([]);
}

/** In one transaction, so that two windows cannot undo each other. What waits for somebody else stays as it is. */
async function change(
  how: (kept: readonly PendingMutation[], arrivals: readonly Arrival[]) => readonly PendingMutation[],
  arrival?: Arrival,
): Promise<void> {
  let next: readonly PendingMutation[] | undefined;
  await update<Kept>(
    'changes',
    (kept) => {
      if (kept && kept.owner !== (owner ?? '')) return kept;
      const arrivals = [...(kept?.arrivals ?? []), ...(arrival ? [arrival] : [])].slice(-arrivals_max);
      next = how(kept?.changes ?? [], arrivals);
      return { owner: owner ?? '', changes: next, arrivals };
    },
    store,
  );
  if (!next) return loseAll();
  show(next);
  others?.postMessage(null);
}

export const newId = () => `${new_prefix}${crypto.randomUUID()}`;
/** Finds ids of records that the server does not know, anywhere in a text. */
export const newIds = new RegExp(`${new_prefix}[0-9a-f-]{36}`, 'g');
export const isNew = (id: string) => id.startsWith(new_prefix);

export async function addWaiting(entry: PendingMutation): Promise<void> {
  if (all.length >= waiting_max) throw tooMany();
  // Another window may have sent what this one is about, and not been heard yet.
  await change((kept, arrivals) => [...kept, arrivals.reduce(renamed, entry)]);
  if (!all.some(({ id }) => id === entry.id)) throw somebodyElse();
}

const somebodyElse = () =>
  pageError(409, 'somebody_else', t('Somebody else has signed in to this browser'), {
    detail: t('This change is not kept. Load the page again, and sign in as yourself.'),
  });

const tooMany = () =>
  pageError(413, 'too_many_waiting', t('Too many changes are waiting to be sent'), {
    detail: t('Go online before you change more: no more than {count, number} changes can wait.', {
      count: waiting_max,
    }),
  });

export const setWaiting = (id: string, changes: Partial<PendingMutation>) =>
  change((kept) => kept.map((entry) => (entry.id === id ? { ...entry, ...changes } : entry)));

/** Takes a change away, and with a new record all that hangs on it. */
export const dropWaiting = ({ id, kind, record_id }: PendingMutation) =>
  change((kept) => kept.filter((entry) => entry.id !== id && !(kind === 'create' && namesRecord(entry, record_id))));

/** A change of a new record, or one that refers to it, as it is once the record has arrived. */
function renamed(entry: PendingMutation, [from, { id, version }]: Arrival): PendingMutation {
  if (!namesRecord(entry, from)) return entry;
  const named = JSON.parse(JSON.stringify(entry).replaceAll(from, id)) as PendingMutation;
  return named.record_id === id ? { ...named, record: { ...named.record, version } } : named;
}

/** A change arrived: what comes after it builds on what it made. */
export function arrived({ id, record_id, record: before }: PendingMutation, made: Version | null): Promise<void> {
  const others = (kept: readonly PendingMutation[]) => kept.filter((entry) => entry.id !== id);
  if (made && isNew(record_id)) {
    const arrival = [record_id, { id: made.id, version: made.version }] as const;
    return change((kept) => others(kept).map((entry) => renamed(entry, arrival)), arrival);
  }
  return change((kept) =>
    others(kept).map((entry) =>
      made && entry.record_id === made.id && entry.record.version === before.version
        ? { ...entry, record: { ...entry.record, version: made.version } }
        : entry,
    ),
  );
}

/** Whether a change is of this record or refers to it. */
export const namesRecord = (entry: Pick<PendingMutation, 'record_id' | 'body'>, id: string) =>
  entry.record_id === id || (isNew(id) && JSON.stringify(entry.body).includes(id));

export const waiting = (): readonly PendingMutation[] => all;

export const useWaiting = () =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => all,
  );

/** The first that may be sent: nothing that was held back stands before it and has to do with it. */
export function nextToSend(entries: readonly PendingMutation[]): PendingMutation | undefined {
  return entries.find(
    (entry, place) =>
      entry.state === 'waiting' &&
      !entries
        .slice(0, place)
        .some((before) => before.record_id === entry.record_id || namesRecord(entry, before.record_id)),
  );
}
