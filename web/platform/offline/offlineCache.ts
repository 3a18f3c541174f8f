import { clear, createStore, entries, getMany, promisifyRequest } from 'idb-keyval';

/** What one read last, kept in this browser for when the server cannot be reached: of one person in one workspace. */

const answers_max = 300;
const answer_bytes_max = 1_000_000;
const bytes_max = 20_000_000;
const age_ms_max = 14 * 86_400_000;
const index_key = 'index';

interface Index {
  owner: string;
  answers: Record<string, { at: number; bytes: number }>;
}

export interface Seen {
  data: unknown;
  at: number;
}

/**
 * All windows of a browser share it, and so does what is in its index: each change begins with how that stands then.
 */
const store = createStore('holdfast-seen', 'answers');

const nobody = '';
/** Whom this page reads for; undefined until it is known, when it finds what was kept for whoever was here last. */
let reader: string | undefined;

const isReaders = (index: Index | undefined): index is Index =>
  index !== undefined && index.owner === (reader ?? index.owner);

/**
 * In one transaction, so that no other window changes the index meanwhile. It takes back the index as it is to be, if
 * any.
 */
const changeIndex = (change: (index: Index | undefined, kept: IDBObjectStore) => Index | undefined): Promise<void> =>
  store('readwrite', async (kept) => {
    const index = change(await promisifyRequest<Index | undefined>(kept.get(index_key)), kept);
    if (index) kept.put(index, index_key);
    await promisifyRequest(kept.transaction);
  });

/**
 * From now on it is this person who reads; what another one has read here goes, and a window of that other one may keep
 * nothing any more.
 */
export async function seenBy(owner: string): Promise<void> {
  await changeIndex((index, kept) => {
    if (index?.owner !== owner) {
      kept.clear();
      return { owner, answers: {} };
    }
    // What the index does not name would never make room for anything.
    deleteOthers(kept, index);
    return undefined;
  });
  reader = owner;
}

/** Nothing more is kept or found. */
export function seenByNobody(): void {
  reader = nobody;
}

export async function readSeen(name: string): Promise<Seen | undefined> {
  const [index, seen] = await getMany([index_key, name], store);
  if (!isReaders(index) || !seen || Date.now() - seen.at > age_ms_max) return undefined;
  return seen as Seen;
}

/** Keeps answers that came just now; the oldest make room. Nothing is kept before it is known for whom. */
export async function keepSeen(answers: readonly [name: string, data: unknown][]): Promise<void> {
  if (!reader) return;
  const at = Date.now();
  const sized = answers.map(([name, data]) => ({ name, data, bytes: JSON.stringify(data).length }));
  await changeIndex((index, kept) => {
    // Another window can have made it somebody else's.
    if (!isReaders(index)) return undefined;
    for (const { name, data, bytes } of sized) {
      if (bytes > answer_bytes_max) continue;
      index.answers[name] = { at, bytes };
      kept.put({ data, at } satisfies Seen, name);
    }
    for (const name of tooMany(index, at)) drop(name, index, kept);
    return index;
  });
}

function deleteOthers(kept: IDBObjectStore, { answers }: Index): void {
  const asked = kept.getAllKeys();
  asked.onsuccess = () => {
    for (const key of asked.result) if (key !== index_key && !(String(key) in answers)) kept.delete(key);
  };
}

function drop(name: string, { answers }: Index, kept: IDBObjectStore): void {
  delete answers[name];
  kept.delete(name);
}

function tooMany({ answers }: Index, now: number): string[] {
  let bytes = 0;
  return Object.entries(answers)
    .sort(([, a], [, b]) => b.at - a.at)
    .filter(([, answer], place) => {
      bytes += answer.bytes;
      return place >= answers_max || bytes > bytes_max || now - answer.at > age_ms_max;
    })
    .map(([name]) => name);
}

/** All that is kept, by its name, whatever the index says of it. */
export async function allSeen(): Promise<[name: string, data: unknown][]> {
  const kept = new Map(await entries<string, unknown>(store));
  if (!isReaders(kept.get(index_key) as Index | undefined)) return [];
  kept.delete(index_key);
  return [...kept].map(([name, seen]) => [name, (seen as Seen).data]);
}

export async function forgetAnswers(names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await changeIndex((index, kept) => {
    if (!isReaders(index)) return undefined;
    for (const name of names) drop(name, index, kept);
    return index;
  });
}

export async function forgetSeen(): Promise<void> {
  reader = undefined;
  await clear(store);
}
