import { clear, createStore, get, getMany, promisifyRequest } from 'idb-keyval';

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

const store = createStore('holdfast-seen', 'answers');
let index: Promise<Index> | undefined;

const empty = (owner: string): Index => ({ owner, answers: {} });
const readIndex = async () => (await get<Index>(index_key, store)) ?? empty('');

/** From now on it is this person who reads; what another one has read here goes. */
export async function seenBy(owner: string): Promise<void> {
  const known = await (index ?? readIndex());
  const mine = known.owner === owner ? known : empty(owner);
  // Said at once, so that a window of that other one sees that it may keep nothing any more.
  if (mine !== known)
    await store('readwrite', (kept) => {
      kept.clear();
      kept.put(mine, index_key);
      return promisifyRequest(kept.transaction);
    });
  index = Promise.resolve(mine);
}

/** Nothing more is kept or found. */
export function seenByNobody(): void {
  index = Promise.resolve(empty(''));
}

/** In one transaction, and only while this browser still keeps for the same person: another window can make it somebody else's. */
const whileOf = (owner: string, change: (kept: IDBObjectStore) => void): Promise<void> =>
  store('readwrite', async (kept) => {
    const now = await promisifyRequest<Index | undefined>(kept.get(index_key));
    if (now?.owner !== owner) return;
    change(kept);
    await promisifyRequest(kept.transaction);
  });

export async function readSeen(name: string): Promise<Seen | undefined> {
  index ??= readIndex();
  const { owner, answers } = await index;
  const kept = answers[name];
  if (!kept || Date.now() - kept.at > age_ms_max) return undefined;
  const [now, seen] = await getMany([index_key, name], store);
  // Under the same name somebody else who came meanwhile has what they may read.
  return (now as Index | undefined)?.owner === owner ? (seen as Seen | undefined) : undefined;
}

/** Keeps answers that came just now; the oldest make room. Nothing is kept before it is known for whom. */
export async function keepSeen(answers: readonly [name: string, data: unknown][]): Promise<void> {
  const known = await index;
  if (!known?.owner) return;
  const at = Date.now();
  const fitting = answers.filter(([name, data]) => {
    const bytes = JSON.stringify(data).length;
    if (bytes <= answer_bytes_max) known.answers[name] = { at, bytes };
    return bytes <= answer_bytes_max;
  });
  const over = tooMany(known, at);
  for (const name of over) delete known.answers[name];
  await whileOf(known.owner, (kept) => {
    for (const name of over) kept.delete(name);
    for (const [name, data] of fitting) if (name in known.answers) kept.put({ data, at } satisfies Seen, name);
    kept.put(known, index_key);
  });
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

/** All that is kept, by its name. */
export async function allSeen(): Promise<[name: string, data: unknown][]> {
  index ??= readIndex();
  const names = Object.keys((await index).answers);
  const kept = await getMany<Seen | undefined>(names, store);
  return names.flatMap((name, at): [string, unknown][] => (kept[at] ? [[name, kept[at].data]] : []));
}

export async function forgetAnswers(names: readonly string[]): Promise<void> {
  const known = await index;
  if (!known || names.length === 0) return;
  for (const name of names) delete known.answers[name];
  await whileOf(known.owner, (kept) => {
    for (const name of names) kept.delete(name);
    kept.put(known, index_key);
  });
}

export async function forgetSeen(): Promise<void> {
  index = undefined;
  await clear(store);
}
