/**
 * The records whose deletion was sent from here and is not answered yet, and whether they are gone once it is. The
 * stream may tell of it before the answer comes, and nobody asks for what may be gone.
 */
const deleting = new Map<unknown, Promise<boolean>>();

export const isBeingDeleted = (id: unknown): boolean => deleting.has(id);

/** Waits for the answer to a deletion that is on its way: whether the record is gone now. */
export const isGoneThen = async (id: unknown): Promise<boolean> => (await deleting.get(id)) ?? false;

export async function whileDeleting<T>(id: string, send: () => Promise<T>): Promise<T> {
  const answer = Promise.withResolvers<boolean>();
  deleting.set(id, answer.promise);
  let isGone = false;
  try {
    const sent = await send();
    isGone = true;
    return sent;
  } finally {
    deleting.delete(id);
    answer.resolve(isGone);
  }
}
