import { useSyncExternalStore } from 'react';

interface PageUser {
  id: string;
  name: string;
}

type PageEnd = 'somebody_else' | 'signed_out';

/** Whose page this is. It stays so: every sign-in and sign-out loads the page anew. */
let user: PageUser | undefined;
let end: PageEnd | undefined;
const listeners = new Set<() => void>();

/** Once it is known who is signed in: from then on all that the page asks is asked as this person. */
export function setPageUser(person: PageUser): void {
  user = person;
}

export const actingUser = (): string | undefined => user?.id;
export const pageUser = (): PageUser | undefined => user;

/**
 * Nothing is shown or asked any more: its user has signed out here, or somebody else has signed in from another window.
 */
export function endPage(how: PageEnd): void {
  end ??= how;
  for (const listener of listeners) listener();
}

export const pageEnd = (): PageEnd | undefined => end;

export const usePageEnd = (): PageEnd | undefined =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, pageEnd);
