/**
 * Jobs with one name follow one another, each with what the one before it answered; one that failed is in the way of
 * none.
 */
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

const sent = makeLanes<unknown>();

/**
 * Sends changes of one thing one after the other: the last counts, also when the network would let it overtake another.
 */
export const inTurn = <Result>(of: string, send: () => Promise<Result>): Promise<Result> =>
  sent(of, send) as Promise<Result>;

/**
 * What a job goes on from: the record as the one before it left it, or as it was seen. A change that waits for the
 * network makes no new version, so of two with the same one it is the former that knows of it.
 */
export const newerOf = <T extends { version: number }>(before: T | null, seen: T): T =>
  before && before.version >= seen.version ? before : seen;
