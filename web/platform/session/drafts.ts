/** What somebody was typing, kept in this browser per person and form: a closed tab or a lost session loses nothing. */
type Draft = Record<string, unknown>;

interface KeptDraft {
  values: Draft;
  /** Of the record that is being changed, as it was when this was typed: what others have saved since is a conflict. */
  version?: number | undefined;
}

const prefix = 'holdfast.draft.';
const kept_ms_max = 30 * 86_400_000;

const nameOf = (user_id: string, key: string) => `${prefix}${user_id}.${key}`;

export function readDraft(user_id: string, key: string): KeptDraft {
  return keptIn(window.localStorage.getItem(nameOf(user_id, key))) ?? { values: {} };
}

export function keepDraft(user_id: string, key: string, draft: KeptDraft): void {
  try {
    window.localStorage.setItem(nameOf(user_id, key), JSON.stringify({ at: Date.now(), ...draft }));
  } catch {
    // The browser has no room left. What was typed is still on the page, and the next draft that goes makes room.
  }
}

export const dropDraft = (user_id: string, key: string): void => window.localStorage.removeItem(nameOf(user_id, key));

/** A record has got another id: what was typed about it goes by that one. */
export function renameDrafts(from: string, to: string): void {
  for (const [name, text] of Object.entries(window.localStorage)) {
    if (!name.startsWith(prefix) || !`${name} ${text}`.includes(from)) continue;
    window.localStorage.removeItem(name);
    window.localStorage.setItem(name.replaceAll(from, to), text.replaceAll(from, to));
  }
}

export const hasDrafts = (user_id: string): boolean =>
  Object.keys(window.localStorage).some((name) => name.startsWith(nameOf(user_id, '')));

/** What nobody has gone on with for so long is not shown any more, and makes room. */
export function dropOldDrafts(): void {
  for (const [name, text] of Object.entries(window.localStorage))
    if (name.startsWith(prefix) && !keptIn(text)) window.localStorage.removeItem(name);
}

function keptIn(text: string | null): KeptDraft | undefined {
  try {
    const kept = JSON.parse(text ?? '{}');
    return Date.now() - kept.at < kept_ms_max ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever signs out leaves nothing behind for the next person at this browser. */
export function forgetDrafts(): void {
  for (const name of Object.keys(window.localStorage))
    if (name.startsWith(prefix)) window.localStorage.removeItem(name);
}
