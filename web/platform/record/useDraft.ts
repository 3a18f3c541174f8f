import { useEffect, useState } from 'react';
import { dropDraft, keepDraft, readDraft } from '../session/drafts.ts';
import { useSession } from '../session/session.tsx';
import { useOpenedVersion } from './useOpenedVersion.ts';
import type { Values } from './values.ts';

/**
 * What one is typing, kept in this browser until it is saved or thrown away, also over a closed tab. `version`: of the
 * record that is being changed, as `initial` shows it. `placed`: what the place at which the form was opened says, such
 * as a column of a board. It counts more than what was kept from another one.
 */
export function useDraft(key: string, initial: Values, version?: number, placed: Values = {}) {
  const { user } = useSession();
  const [kept] = useState(() => readDraft(user.id, key));
  const [here] = useState(placed);
  const [changes, setChanges] = useState<Values>(() =>
    Object.fromEntries(Object.entries(kept.values).filter(([name]) => !(name in here))),
  );
  const [restored, setRestored] = useState(() => Object.keys(changes).length > 0);
  // A record that was made offline has no version yet, and one that is not known here once it has arrived.
  const opened = useOpenedVersion(kept.version || version);
  const dirty = Object.keys(changes).length > 0;
  useEffect(() => {
    if (dirty) keepDraft(user.id, key, { values: { ...here, ...changes }, version: opened.version });
    else dropDraft(user.id, key);
  }, [user.id, key, changes, here, dirty, opened.version]);
  return {
    values: { ...initial, ...here, ...changes } as Values,
    changes,
    dirty,
    /** It was begun before, and nobody has gone on with it yet. */
    restored,
    /**
     * The record as it was when this was begun. Where others have saved since, what the fields were that are to be
     * saved is not known any more: nothing that stands in them now is overwritten without asking.
     */
    begunOn: <R extends { version: number }>(record: R, body: object): R =>
      opened.version === undefined || opened.version === record.version
        ? record
        : {
            ...record,
            ...Object.fromEntries(Object.keys(body).map((name) => [name, undefined])),
            version: opened.version,
          },
    noteConflict: opened.noteConflict,
    /** A part of it has been saved, and the rest goes on from that version. */
    goOnFrom: opened.reopen,
    set: (name: string, value: unknown) => {
      setRestored(false);
      setChanges((kept) => ({ ...kept, [name]: value }));
    },
    clear: () => {
      dropDraft(user.id, key);
      setRestored(false);
      setChanges({});
      opened.reopen(version);
    },
  };
}
