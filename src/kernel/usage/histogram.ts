/** A histogram of times whose steps grow by a quarter, so a percentile is off by at most an eighth. */
const step_ratio = 1.25;
const first_ms = 0.5;
/** The last step holds times above half a minute. */
const steps_max = 50;

const startOf = (step: number) => (step === 0 ? 0 : first_ms * step_ratio ** (step - 1));

export const stepOf = (ms: number): number =>
  ms < first_ms ? 0 : Math.min(steps_max - 1, 1 + Math.floor(Math.log(ms / first_ms) / Math.log(step_ratio)));

export function addTime(counts: number[], ms: number): void {
  const step = stepOf(ms);
  while (counts.length <= step) counts.push(0);
  counts[step]! += 1;
}

/** The time within which a share of all stayed, interpolated within its step. */
export function percentile(counts: readonly number[], share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let left = total * share;
  for (const [step, count] of counts.entries()) {
    if (count > 0 && left <= count) {
      const [from, to] = [startOf(step), startOf(step + 1)];
      return from + (to - from) * (left / count);
    }
    left -= count;
  }
  return 0;
}
