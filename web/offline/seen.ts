import { clear, createStore, delMany, get, getMany, setMany } from 'idb-keyval';

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
  if (known.owner !== owner) await clear(store);
  index = Promise.resolve(known.owner === owner ? known : empty(owner));
}

export async function readSeen(name: string): Promise<Seen | undefined> {
  index ??= readIndex();
  const kept = (await index).answers[name];
  if (!kept || Date.now() - kept.at > age_ms_max) return undefined;
  return get<Seen>(name, store);
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
  await delMany(over, store);
  const kept = fitting.filter(([name]) => name in known.answers);
  await setMany([...kept.map(([name, data]): [string, Seen] => [name, { data, at }]), [index_key, known]], store);
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
  await delMany([...names], store);
  await setMany([[index_key, known]], store);
}

export async function forgetSeen(): Promise<void> {
  index = undefined;
  await clear(store);
}
