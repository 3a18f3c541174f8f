/** A deal whose outcome is known, and the predicted probability that it is won. */
export interface Prediction {
  probability: number;
  won: boolean;
}

export interface Auc {
  value: number;
  /** The bounds of the 95 % confidence interval. */
  low: number;
  high: number;
}

export interface Decile {
  deals: number;
  /** The mean of the predicted probabilities. */
  expected: number;
  won_share: number;
  /** The share won, divided by that of all deals. */
  lift: number;
}

const normal_95 = 1.959964;
const deciles_count = 10;

/**
 * The area under the ROC curve: how often a won deal has a higher probability than a lost one, ties counting half. The
 * confidence interval is that of DeLong, DeLong and Clarke-Pearson (1988), which makes no assumption about the
 * distribution.
 */
export function aucOf(judged: readonly Prediction[]): Auc {
  const won = judged.filter((each) => each.won).map(({ probability }) => probability);
  const lost = judged.filter((each) => !each.won).map(({ probability }) => probability);
  const among = shareBelow(won, lost);
  const value = mean(among);
  // The other way round: how often each lost deal has a lower probability than the won ones.
  const below = shareBelow(
    lost.map((p) => -p),
    won.map((p) => -p),
  );
  const deviation = Math.sqrt(variance(among) / won.length + variance(below) / lost.length);
  const reach = normal_95 * deviation;
  return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach) };
}

/** For each value, the share of `others` that are smaller; equal ones count half. */
function shareBelow(values: readonly number[], others: readonly number[]): number[] {
  const sorted = others.toSorted((a, b) => a - b);
  return values.map(
    (value) => (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2 / sorted.length,
  );
}

/** How many of the sorted numbers are smaller than a value, or, with `equalToo`, no greater. */
function countBelow(sorted: readonly number[], value: number, equalToo: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value || (equalToo && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mean squared distance between probability and outcome: 0 is perfect, smaller is better. */
export const brierOf = (judged: readonly Prediction[]): number =>
  mean(judged.map(({ probability, won }) => (probability - (won ? 1 : 0)) ** 2));

/** The deals in ten parts, the most likely first, with the expected and the actual share won. */
export function decilesOf(judged: readonly Prediction[]): Decile[] {
  const sorted = judged.toSorted((a, b) => b.probability - a.probability);
  const all = shareWon(sorted);
  return Array.from({ length: deciles_count }, (_, i) => {
    const edge = (n: number) => Math.round((n * sorted.length) / deciles_count);
    const part = sorted.slice(edge(i), edge(i + 1));
    const won_share = shareWon(part);
    return {
      deals: part.length,
      expected: mean(part.map(({ probability }) => probability)),
      won_share,
      lift: all === 0 ? 0 : won_share / all,
    };
  });
}

export const shareWon = (deals: readonly { won: boolean }[]): number => mean(deals.map(({ won }) => (won ? 1 : 0)));

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

function variance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
}
