const second_ms = 1_000;
const minute_ms = 60 * second_ms;
const hour_ms = 60 * minute_ms;

/** After the first failure, the second, …; the last goes on. */
const waits_ms = [
  5 * second_ms, 30 * second_ms, 2 * minute_ms, 10 * minute_ms, 30 * minute_ms, hour_ms, 2 * hour_ms, 4 * hour_ms,
]; // biome-ignore format: a list of times

/**
 * How long to wait after so many failures; a little more or less, so that what failed together does not come back
 * together.
 */
export const retryWaitMs = (failures: number): number =>
  Math.round(waits_ms[Math.min(failures, waits_ms.length) - 1]! * (0.9 + Math.random() * 0.2));
