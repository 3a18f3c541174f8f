/** Jobs with one name follow one another, each with what the one before it answered; one that failed is in the way of none. */
export function makeLanes<T>(): (name: string, job: (before: T | null) => Promise<T>) => Promise<T> {
  const lanes = new Map<string, Promise<T>>();
  return async (name, job) => {
    const before = lanes.get(name)?.catch(() => null) ?? Promise.resolve(null);
    const mine = before.then(job);
    lanes.set(name, mine);
    try {
      return await mine;
    } finally {
      if (lanes.get(name) === mine) lanes.delete(name);
    }
  };
}

/**
 * What a job goes on from: the record as the one before it left it, or as it was seen. A change that waits for the network makes no new
 * version, so of two with the same one it is the former that knows of it.
 */
export const newerOf = <T extends { version: number }>(before: T | null, seen: T): T =>
  before && before.version >= seen.version ? before : seen;
