import { useSyncExternalStore } from 'react';

interface PageUser {
  id: string;
  name: string;
}

/** Whose page this is. It stays so: every sign-in and sign-out loads the page anew. */
let user: PageUser | undefined;
let somebodyElse = false;
const listeners = new Set<() => void>();

/** Once it is known who is signed in: from then on all that the page asks is asked as this person. */
export function setPageUser(person: PageUser): void {
  user = person;
}

export const actingUser = (): string | undefined => user?.id;

/** Somebody else has signed in to the browser, from another window. */
export function endPage(): void {
  somebodyElse = true;
  for (const listener of listeners) listener();
}

export const hasEnded = (): boolean => somebodyElse;

/** Whose page it was until somebody else signed in. */
export const useFormerUser = (): PageUser | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => (somebodyElse ? user : undefined),
  );
