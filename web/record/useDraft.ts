import { useEffect, useState } from 'react';
import { type Draft, dropDraft, keepDraft, readDraft } from '../app/drafts.ts';
import { useSession } from '../app/session.tsx';

export type Values = Draft;

/** What one is typing, kept in this browser until it is saved or thrown away, also over a closed tab. */
export function useDraft(key: string, initial: Values) {
  const { user } = useSession();
  const [changes, setChanges] = useState<Values>(() => readDraft(user.id, key));
  const [restored, setRestored] = useState(() => Object.keys(changes).length > 0);
  const dirty = Object.keys(changes).length > 0;
  useEffect(() => {
    if (dirty) keepDraft(user.id, key, changes);
    else dropDraft(user.id, key);
  }, [user.id, key, changes, dirty]);
  return {
    values: { ...initial, ...changes } as Values,
    changes,
    dirty,
    /** It was begun before, and nobody has gone on with it yet. */
    restored,
    set: (name: string, value: unknown) => {
      setRestored(false);
      setChanges((kept) => ({ ...kept, [name]: value }));
    },
    clear: () => {
      dropDraft(user.id, key);
      setRestored(false);
      setChanges({});
    },
  };
}
