import { useMemo, useSyncExternalStore } from 'react';

const kept_key = 'holdfast.recents';
const recents_max = 8;

export interface Recent {
  to: string;
  name: string;
  resource: string;
}

interface Kept {
  user_id: string;
  recents: Recent[];
}

const listeners = new Set<() => void>();

/** As it is written down: the same text as long as nothing changes. */
const read = (): string | null => window.localStorage.getItem(kept_key);

function parse(text: string | null): Kept {
  try {
    return JSON.parse(text ?? '') as Kept;
  } catch {
    return { user_id: '', recents: [] };
  }
}

function write(kept: Kept | null): void {
  if (kept) window.localStorage.setItem(kept_key, JSON.stringify(kept));
  else window.localStorage.removeItem(kept_key);
  for (const listener of listeners) listener();
}

const recentsOf = (user_id: string, kept: Kept): Recent[] => (kept.user_id === user_id ? kept.recents : []);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

/** What this person opened last in this browser; nobody else is shown it. */
export function useRecents(user_id: string): Recent[] {
  const text = useSyncExternalStore(subscribe, read);
  return useMemo(() => recentsOf(user_id, parse(text)), [user_id, text]);
}

export function addRecent(user_id: string, recent: Recent): void {
  const rest = recentsOf(user_id, parse(read())).filter(({ to }) => to !== recent.to);
  write({ user_id, recents: [recent, ...rest].slice(0, recents_max) });
}

/** Of whoever was here last, by type and id. */
export const recentRecords = (): { resource: string; id: string }[] =>
  parse(read()).recents.map(({ resource, to }) => ({ resource, id: idOf(to) }));

const idOf = (to: string): string => to.slice(to.lastIndexOf('/') + 1);

/** Not even the names stay of records that are gone, or that this person may not read any more. */
export function dropRecents(ids: ReadonlySet<string>): void {
  const { user_id, recents } = parse(read());
  const rest = recents.filter(({ to }) => !ids.has(idOf(to)));
  if (rest.length < recents.length) write({ user_id, recents: rest });
}

/** Others may have given records another name. */
export function nameRecents(names: ReadonlyMap<string, string>): void {
  const { user_id, recents } = parse(read());
  const named = recents.map((recent) => ({ ...recent, name: names.get(idOf(recent.to)) ?? recent.name }));
  if (named.some(({ name }, at) => name !== recents[at]!.name)) write({ user_id, recents: named });
}

/** A record has got another id. */
export function renameRecent(from: string, to: string): void {
  const { user_id, recents } = parse(read());
  if (!recents.some((recent) => idOf(recent.to) === from)) return;
  const named = recents.map((recent) => ({ ...recent, to: recent.to.replace(from, to) }));
  write({ user_id, recents: named.filter((recent, at) => named.findIndex((one) => one.to === recent.to) === at) });
}

export const forgetRecents = (): void => write(null);
