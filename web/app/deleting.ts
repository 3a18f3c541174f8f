/**
 * The records whose deletion was sent from here and is not answered yet. The stream may tell of it before the answer comes, and nobody
 * asks for what may be gone.
 */
const deleting = new Set<unknown>();

export const isBeingDeleted = (id: unknown): boolean => deleting.has(id);

export async function whileDeleting<T>(id: string, send: () => Promise<T>): Promise<T> {
  deleting.add(id);
  try {
    return await send();
  } finally {
    deleting.delete(id);
  }
}
