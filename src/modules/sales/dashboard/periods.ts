import { Temporal } from 'temporal-polyfill';

const periods_max = 120;

export interface Period {
  from: string;
  to: string;
}

/** The months or quarters from the first to the last of those given by their first days, without gaps; the latest of too many. */
export function periodsBetween(starts: string[], unit: 'month' | 'quarter'): Period[] {
  if (starts.length === 0) return [];
  const sorted = starts.toSorted();
  const months = unit === 'month' ? 1 : 3;
  const first = Temporal.PlainDate.from(sorted[0]!);
  const last = Temporal.PlainDate.from(sorted.at(-1)!);
  const periods: Period[] = [];
  for (let start = last; periods.length < periods_max && Temporal.PlainDate.compare(start, first) >= 0; ) {
    periods.unshift({ from: start.toString(), to: start.add({ months }).subtract({ days: 1 }).toString() });
    start = start.subtract({ months });
  }
  return periods;
}

/** The part of a period that lies within the days asked for. */
export function clipped(period: Period, within: { from?: string | undefined; to?: string | undefined }): Period {
  return {
    from: within.from !== undefined && within.from > period.from ? within.from : period.from,
    to: within.to !== undefined && within.to < period.to ? within.to : period.to,
  };
}
