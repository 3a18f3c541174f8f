import { useEffect, useState } from 'react';

export type Values = Record<string, unknown>;

/** What one is typing, kept in this browser until it is saved or thrown away: a lost session or a reload loses nothing. */
export function useDraft(key: string, initial: Values) {
  const kept_key = `holdfast.draft.${key}`;
  const [changes, setChanges] = useState<Values>(() => read(kept_key));
  const dirty = Object.keys(changes).length > 0;
  useEffect(() => {
    if (dirty) window.sessionStorage.setItem(kept_key, JSON.stringify(changes));
    else window.sessionStorage.removeItem(kept_key);
  }, [kept_key, changes, dirty]);
  return {
    values: { ...initial, ...changes } as Values,
    changes,
    dirty,
    set: (name: string, value: unknown) => setChanges((kept) => ({ ...kept, [name]: value })),
    clear: () => {
      window.sessionStorage.removeItem(kept_key);
      setChanges({});
    },
  };
}

function read(key: string): Values {
  try {
    return JSON.parse(window.sessionStorage.getItem(key) ?? '{}') as Values;
  } catch {
    return {};
  }
}
