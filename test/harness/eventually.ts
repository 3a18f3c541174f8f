/**
 * Calls `probe` until it gives something, for at most `ms`. What follows from a change waits for all transactions of
 * the cluster that began before it, those of other tests among them, and for a machine that others keep busy, so the
 * limit is generous: it costs only those who fail. One of its own is for what has to happen that soon. Whoever waits long asks less often: what is waited for needs the processor too. Tests may have stopped the
 * clock of Date.
 */
export async function eventually<T>(probe: () => Promise<T | undefined | false | null>, ms = 120_000): Promise<T> {
  const started = performance.now();
  for (;;) {
    const found = await probe();
    if (found) return found;
    const waited = performance.now() - started;
    if (waited > ms) throw new Error(`It did not happen within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(25, waited / 20), 250)));
  }
}
