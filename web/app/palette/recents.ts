const kept_key = 'holdfast.recents';
const recents_max = 8;

export interface Recent {
  to: string;
  name: string;
  resource: string;
}

/** What this person opened last in this browser; nobody else is shown it. */
export function readRecents(user_id: string): Recent[] {
  try {
    const kept = JSON.parse(window.localStorage.getItem(kept_key) ?? '{}');
    return kept.user_id === user_id ? (kept.recents as Recent[]) : [];
  } catch {
    return [];
  }
}

export function addRecent(user_id: string, recent: Recent): void {
  const rest = readRecents(user_id).filter(({ to }) => to !== recent.to);
  const recents = [recent, ...rest].slice(0, recents_max);
  window.localStorage.setItem(kept_key, JSON.stringify({ user_id, recents }));
}

export function forgetRecents(): void {
  window.localStorage.removeItem(kept_key);
}
