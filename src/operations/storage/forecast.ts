export interface RoomSample {
  at: string;
  free_bytes: number;
}

export interface Forecast {
  /** By how much the room changes in a day; negative while it shrinks. Null: too early to tell. */
  bytes_per_day: number | null;
  /** When nothing is left at that pace; null when that is not within `days_max`, or too early to tell. */
  full_at: string | null;
}

const day_ms = 86_400_000;
/** The shortest time to forecast from: in a shorter one, a nightly job would look like a trend. */
const days_min = 3;
/** Nobody plans further, and a date of a far year would promise too much. */
const days_max = 730;

/**
 * Goes on in a straight line. The pace is the median of the paces between any two samples, so that a large import, or a
 * clean-up, of a single day does not change it.
 */
export function forecast(samples: readonly RoomSample[]): Forecast {
  const points = samples.map(({ at, free_bytes }) => ({ day: Date.parse(at) / day_ms, free_bytes }));
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.day - first.day < days_min) return { bytes_per_day: null, full_at: null };
  const paces = points.flatMap((from, at) =>
    points
      .slice(at + 1)
      .flatMap((to) => (to.day > from.day ? [(to.free_bytes - from.free_bytes) / (to.day - from.day)] : [])),
  );
  const bytes_per_day = Math.round(median(paces));
  const days = bytes_per_day < 0 ? last.free_bytes / -bytes_per_day : Number.POSITIVE_INFINITY;
  const full_at = days <= days_max ? new Date((last.day + days) * day_ms).toISOString() : null;
  return { bytes_per_day, full_at };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
