/** What was held at the end of a day. */
export interface DayValue {
  /** `2026-11-29` */
  date: string;
  value: number;
}

/**
 * Money or securities that came in from outside (positive) or left (negative). Interest, dividends, gains and fees are
 * none: they are the return.
 */
export interface ExternalFlow {
  date: string;
  /** Null where nobody knows what came in or left was worth on its day. */
  amount: number | null;
}

/**
 * When on its day a flow counts, where the next value is that of the same day. `inflows_first`: what comes in works
 * from the morning, what leaves has worked until the evening. `at_end`: both count from the evening.
 */
export type FlowTiming = 'inflows_first' | 'at_end';

/** A stretch for which no return can be said, and why. */
export interface ReturnGap {
  from: string;
  to: string;
  /**
   * `no_capital`: nothing was invested, so nothing can be a part of it. `unknown_flow`: what was paid in or taken out
   * is not known.
   */
  why: 'no_capital' | 'unknown_flow';
}

export interface TimeWeighted {
  /** The day of the first value, and of the last. */
  from: string;
  to: string;
  /** 0.05 for five per cent; null when no stretch has a return. */
  total: number | null;
  /** A year's part of it; null for less than a year, of which no yearly return is said. */
  annual: number | null;
  /**
   * `daily`: each flow stood on a day with a value. `modified_dietz`: between values, flows count by the days that they
   * worked. `mixed`: both.
   */
  method: 'daily' | 'modified_dietz' | 'mixed';
  gaps: readonly ReturnGap[];
}

const day_ms = 86_400_000;
const year_days = 365.25;

/**
 * The time-weighted return: returns between values, linked by multiplication, so that what a client pays in or takes
 * out does not count. Between two values it is Modified Dietz, (end − begin − flows) / (begin + flows by the share of
 * the days that they worked), Bacon, "Practical Portfolio Performance Measurement and Attribution", 2nd ed., 2.7; with
 * a value for each day that is the daily return. GIPS 2020 asks for the latter, or for the former linked at least
 * monthly. Values must be in order of their days, one a day; needs at least two. Flows outside their days are left out.
 */
export function timeWeightedReturn(
  values: readonly DayValue[],
  flows: readonly ExternalFlow[],
  timing: FlowTiming = 'inflows_first',
): TimeWeighted | null {
  const [first, last] = [values[0], values.at(-1)];
  if (!first || !last || values.length < 2) return null;
  const inOrder = flows.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  let linked = 1;
  let next = inOrder.findIndex(({ date }) => date > first.date);
  if (next < 0) next = inOrder.length;
  const used = { daily: false, dietz: false };
  const gaps: ReturnGap[] = [];
  let stretches = 0;
  for (let at = 1; at < values.length; at++) {
    const [begin, end] = [values[at - 1]!, values[at]!];
    if (end.date <= begin.date) throw new RangeError(`Values must be in order of their days: ${end.date}`);
    const stretch: KnownFlow[] = [];
    let why: ReturnGap['why'] = 'no_capital';
    for (; next < inOrder.length && inOrder[next]!.date <= end.date; next++) {
      const { date, amount } = inOrder[next]!;
      if (amount === null) why = 'unknown_flow';
      else stretch.push({ date, amount });
    }
    if (stretch.some(({ date }) => date < end.date)) used.dietz = true;
    else used.daily = true;
    const factor = why === 'unknown_flow' ? null : growthOf(begin, end, stretch, timing);
    if (factor === null) {
      const before = gaps.at(-1);
      if (before?.to === begin.date && before.why === why) gaps[gaps.length - 1] = { ...before, to: end.date };
      else gaps.push({ from: begin.date, to: end.date, why });
      continue;
    }
    stretches++;
    linked *= factor;
  }
  const total = stretches === 0 ? null : linked - 1;
  const method = used.dietz ? (used.daily ? 'mixed' : 'modified_dietz') : 'daily';
  return { from: first.date, to: last.date, total, annual: annualised(total, daysBetween(first, last)), method, gaps };
}

type KnownFlow = ExternalFlow & { amount: number };

/** The growth from one value to the next; null where no capital was at work. */
function growthOf(begin: DayValue, end: DayValue, flows: readonly KnownFlow[], timing: FlowTiming): number | null {
  if (flows.length === 0) return begin.value > 0 ? end.value / begin.value : noCapital(begin.value, end.value);
  const days = daysBetween(begin, end);
  let capital = begin.value;
  let gain = end.value - begin.value;
  for (const flow of flows) {
    gain -= flow.amount;
    capital += flow.amount * worked(flow, end, days, timing);
  }
  return capital > 0 ? gain / capital + 1 : noCapital(capital, gain);
}

/** Nothing became of nothing. */
const noCapital = (capital: number, gain: number): number | null => (capital === 0 && gain === 0 ? 1 : null);

/** For which share of the stretch a flow worked. */
function worked(flow: KnownFlow, end: DayValue, days: number, timing: FlowTiming): number {
  if (flow.date === end.date) return timing === 'inflows_first' && flow.amount > 0 ? 1 / days : 0;
  return daysBetween(flow, end) / days;
}

/** The yearly return behind one of several years; null for less than 365 days. */
export function annualised(total: number | null, days: number): number | null {
  if (total === null || days < 365 || total <= -1) return null;
  return (1 + total) ** (year_days / days) - 1;
}

function daysBetween(from: { date: string }, to: { date: string }): number {
  return Math.round((Date.parse(to.date) - Date.parse(from.date)) / day_ms);
}
