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
