/** An amount on a day: negative what was paid in, positive what came back (or the value that is left). */
export interface CashFlow {
  /** `2026-11-29` */
  date: string;
  amount: number;
}

/** Why there is no single rate. */
export type NoRate = 'no_flows' | 'one_sign' | 'no_root' | 'several_roots';

export type MoneyWeighted =
  | { rate: number; roots: readonly number[] }
  | { rate: null; why: NoRate; roots: readonly number[] };

/** Rates are looked for between losing all but a millionth and ten-thousandfold a year. */
const growth_min = 1e-6;
const growth_max = 1e4;
/**
 * Between two of these lies at most one root that counts: the sum is smooth, and people's cash flows change sign a few
 * times.
 */
const grid_steps = 2_000;
const bisections = 200;
const year_days = 365;
const day_ms = 86_400_000;

/**
 * The money-weighted return of dated cash flows as a yearly rate: the rate at which they add up to nothing, each
 * discounted by its days over 365. This is XIRR as spreadsheets have it (ECMA-376 part 1, 18.17.7.370). Flows of one
 * day are added up first. Where several rates fit, none is chosen, because none is the return; `roots` names them.
 */
export function moneyWeightedReturn(flows: readonly CashFlow[]): MoneyWeighted {
  const byDay = new Map<string, number>();
  for (const { date, amount } of flows) byDay.set(date, (byDay.get(date) ?? 0) + amount);
  const days = [...byDay].filter(([, amount]) => amount !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  if (days.length === 0) return { rate: null, why: 'no_flows', roots: [] };
  const amounts = days.map(([, amount]) => amount);
  if (amounts.every((amount) => amount > 0) || amounts.every((amount) => amount < 0))
    return { rate: null, why: 'one_sign', roots: [] };
  const first = Date.parse(days[0]![0]);
  const years = days.map(([date]) => (Date.parse(date) - first) / day_ms / year_days);
  const roots = rootsOf(amounts, years).map((growth) => growth - 1);
  if (roots.length === 1) return { rate: roots[0]!, roots };
  return { rate: null, why: roots.length === 0 ? 'no_root' : 'several_roots', roots };
}

/** All yearly growth factors within the bounds at which the present values add up to nothing. */
function rootsOf(amounts: readonly number[], years: readonly number[]): number[] {
  const valueAt = (logGrowth: number) =>
    amounts.reduce((sum, amount, at) => sum + amount * Math.exp(-years[at]! * logGrowth), 0);
  const [low, high] = [Math.log(growth_min), Math.log(growth_max)];
  const roots: number[] = [];
  let from = low;
  let fromValue = valueAt(low);
  for (let step = 1; step <= grid_steps; step++) {
    const to = low + ((high - low) * step) / grid_steps;
    const toValue = valueAt(to);
    if (fromValue === 0) roots.push(Math.exp(from));
    else if (fromValue * toValue < 0) roots.push(Math.exp(bisect(valueAt, from, to)));
    [from, fromValue] = [to, toValue];
  }
  return roots;
}

function bisect(valueAt: (x: number) => number, from: number, to: number): number {
  const rises = valueAt(from) < 0;
  let [low, high] = [from, to];
  for (let i = 0; i < bisections && high - low > Number.EPSILON; i++) {
    const middle = (low + high) / 2;
    if (valueAt(middle) < 0 === rises) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
