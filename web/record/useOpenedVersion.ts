import { useState } from 'react';
import { currentOf } from './saveField.ts';

/**
 * The version of a record as it stood when its form was opened: what others save meanwhile is a conflict. Who has been told of one by `noteConflict`
 * replaces it by saving again.
 */
export function useOpenedVersion(opened: number | undefined) {
  const [version, setVersion] = useState(opened);
  return { version, noteConflict: (error: unknown) => setVersion((kept) => currentOf(error)?.version ?? kept) };
}
