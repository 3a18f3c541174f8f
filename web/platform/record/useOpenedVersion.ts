import { useState } from 'react';
import { currentOf } from './saveField.ts';

/**
 * The version of a record as it stood when its form was opened: what others save meanwhile is a conflict. Who has been
 * told of one by `noteConflict` replaces it by saving again. Who begins anew from what is shown goes on from the
 * version of that by `reopen`.
 */
export function useOpenedVersion<V extends number | undefined>(opened: V) {
  const [version, setVersion] = useState<V | number>(opened);
  return {
    version,
    noteConflict: (error: unknown) => setVersion((kept) => currentOf(error)?.version ?? kept),
    reopen: setVersion,
  };
}
