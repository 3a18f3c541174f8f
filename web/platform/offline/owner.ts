import { forgetSeen, seenBy, seenByNobody } from './offlineCache.ts';
import { forgetWaiting, waitingOf } from './waiting.ts';

let known: string | null = null;

/** From now on this browser keeps things for this person in this workspace, and has nothing of anybody else. */
export async function keepFor({ user, tenant }: { user: { id: string }; tenant: { id: string } }): Promise<void> {
  const owner = `${tenant.id}/${user.id}`;
  if (owner === known) return;
  known = owner;
  try {
    await Promise.all([seenBy(owner), waitingOf(owner)]);
  } catch (error) {
    // Where a browser lets pages keep nothing, Holdfast works as long as it is online.
    console.info('Nothing can be kept for working offline', error);
  }
}

/** Whoever leaves leaves nothing behind. */
export async function keepNothing(): Promise<void> {
  known = null;
  await Promise.all([forgetSeen(), forgetWaiting()]);
}

/** Somebody else has signed in from another window: what is kept is theirs, and this page leaves it alone. */
export function keepNoMore(): void {
  known = null;
  seenByNobody();
}

/**
 * Nothing read here can be seen until it is known again who looks; what waits to be sent stays for the one it is of.
 */
export async function forgetOwner(): Promise<void> {
  known = null;
  await forgetSeen();
}
