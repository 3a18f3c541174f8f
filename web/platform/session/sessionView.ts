import type { SessionView } from '../../../src/kernel/identity/session/contract.ts';

/** Who is signed in: a person, on the page. */
export type Session = Omit<SessionView, 'user'> & { user: NonNullable<SessionView['user']> };
