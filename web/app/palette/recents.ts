const kept_key = 'holdfast.recents';
const recents_max = 8;

export interface Recent {
  to: string;
  name: string;
  resource: string;
}

export function readRecents(): Recent[] {
  try {
    return JSON.parse(window.localStorage.getItem(kept_key) ?? '[]') as Recent[];
  } catch {
    return [];
  }
}

export function addRecent(recent: Recent): void {
  const rest = readRecents().filter(({ to }) => to !== recent.to);
  window.localStorage.setItem(kept_key, JSON.stringify([recent, ...rest].slice(0, recents_max)));
}
