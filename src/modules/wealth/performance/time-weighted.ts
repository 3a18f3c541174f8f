import { Decimal } from 'decimal.js';

/** What was held at the end of a day. */
export interface DayValue {
  /** `2026-11-29` */
  date: string;
  value: Decimal;
}

/** Money or securities that came in from outside (positive) or left (negative). Interest, dividends, gains and fees are none: they are the return. */
export interface ExternalFlow {
  date: string;
  amount: Decimal;
}

/**
 * When on its day a flow counts, where the next value is that of the same day. `inflows_first`: what comes in works from the morning, what leaves has
 * worked until the evening. `at_end`: both count from the evening.
 */
export type FlowTiming = 'inflows_first' | 'at_end';

/** A stretch for which no return can be said, and why. */
export interface ReturnGap {
  from: string;
  to: string;
  /** `no_capital`: nothing was invested, so nothing can be a part of it. */
  why: 'no_capital';
}

export interface TimeWeighted {
  /** The day of the first value, and of the last. */
  from: string;
  to: string;
  /** 0.05 for five per cent; null when no stretch has a return. */
  total: Decimal | null;
  /** A year's part of it; null for less than a year, of which no yearly return is said. */
  annual: Decimal | null;
  /** `daily`: each flow stood on a day with a value. `modified_dietz`: between values, flows count by the days that they worked. `mixed`: both. */
  method: 'daily' | 'modified_dietz' | 'mixed';
  gaps: readonly ReturnGap[];
}

const day_ms = 86_400_000;
const year_days = 365.25;
const one = new Decimal(1);

/**
 * The time-weighted return: returns between values, linked by multiplication, so that what a client pays in or takes out does not count. Between two
 * values it is Modified Dietz, (end − begin − flows) / (begin + flows by the share of the days that they worked), Bacon, "Practical Portfolio
 * Performance Measurement and Attribution", 2nd ed., 2.7; with a value for each day that is the daily return. GIPS 2020 asks for the latter, or for the
 * former linked at least monthly. Values must be in order of their days, one a day; needs at least two. Flows outside their days are left out.
 */
export function timeWeightedReturn(
  values: readonly DayValue[],
  flows: readonly ExternalFlow[],
  timing: FlowTiming = 'inflows_first',
): TimeWeighted | null {
  const [first, last] = [values[0], values.at(-1)];
  if (!first || !last || values.length < 2) return null;
  const inOrder = flows.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  let linked = one;
  let next = inOrder.findIndex(({ date }) => date > first.date);
  if (next < 0) next = inOrder.length;
  const used = { daily: false, dietz: false };
  const gaps: ReturnGap[] = [];
  let stretches = 0;
  for (let at = 1; at < values.length; at++) {
    const [begin, end] = [values[at - 1]!, values[at]!];
    if (end.date <= begin.date) throw new RangeError(`Values must be in order of their days: ${end.date}`);
    const stretch: ExternalFlow[] = [];
    for (; next < inOrder.length && inOrder[next]!.date <= end.date; next++) stretch.push(inOrder[next]!);
    if (stretch.some(({ date }) => date < end.date)) used.dietz = true;
    else used.daily = true;
    const factor = growthOf(begin, end, stretch, timing);
    if (factor === null) {
      const before = gaps.at(-1);
      if (before?.to === begin.date) gaps[gaps.length - 1] = { ...before, to: end.date };
      else gaps.push({ from: begin.date, to: end.date, why: 'no_capital' });
      continue;
    }
    stretches++;
    linked = linked.times(factor);
  }
  const total = stretches === 0 ? null : linked.minus(one);
  const method = used.dietz ? (used.daily ? 'mixed' : 'modified_dietz') : 'daily';
  return { from: first.date, to: last.date, total, annual: annualised(total, daysBetween(first, last)), method, gaps };
}

/** The growth from one value to the next; null where no capital was at work. */
function growthOf(begin: DayValue, end: DayValue, flows: readonly ExternalFlow[], timing: FlowTiming): Decimal | null {
  const days = daysBetween(begin, end);
  let capital = begin.value;
  let gain = end.value.minus(begin.value);
  for (const flow of flows) {
    gain = gain.minus(flow.amount);
    capital = capital.plus(flow.amount.times(worked(flow, end, days, timing)));
  }
  if (capital.lte(0)) return gain.isZero() && capital.isZero() ? one : null;
  return gain.div(capital).plus(one);
}

/** For which share of the stretch a flow worked. */
function worked(flow: ExternalFlow, end: DayValue, days: number, timing: FlowTiming): number {
  if (flow.date === end.date) return timing === 'inflows_first' && flow.amount.gt(0) ? 1 / days : 0;
  return daysBetween(flow, end) / days;
}

/** The yearly return behind one of several years; null for less than 365 days. */
export function annualised(total: Decimal | null, days: number): Decimal | null {
  if (total === null || days < 365 || total.lte(-1)) return null;
  return total.plus(one).pow(new Decimal(year_days).div(days)).minus(one);
}

function daysBetween(from: { date: string }, to: { date: string }): number {
  return Math.round((Date.parse(to.date) - Date.parse(from.date)) / day_ms);
}
