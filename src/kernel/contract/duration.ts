/** The largest number of a column of type int. */
export const duration_seconds_max = 2_147_483_647;

export const durationPattern = /^P(?:(\d+)W|(?=\d|T\d)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)$/;
const clock = /^(\d+):([0-5]\d)(?::([0-5]\d))?$/;

/**
 * The seconds of an ISO 8601 duration; undefined for what is none or too long. A day is 24 hours and a week 7 of them.
 * Months and years are refused: how long they are depends on when they begin.
 */
export function durationSeconds(text: string): number | undefined {
  const parts = durationPattern
    .exec(text)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (!parts) return undefined;
  const [weeks, days, hours, minutes, seconds] = parts as [number, number, number, number, number];
  return inRange((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds);
}

/** As files have it: an ISO 8601 duration, or hours, minutes and perhaps seconds, `1:30` or `1:30:00`. */
export function typedDurationSeconds(text: string): number | undefined {
  const [, hours, minutes, seconds] = clock.exec(text) ?? [];
  if (hours === undefined) return durationSeconds(text.toUpperCase());
  return inRange(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0));
}

const inRange = (seconds: number) => (seconds <= duration_seconds_max ? seconds : undefined);

/**
 * 5400 -> `PT1H30M`. Hours are the largest part, so that nobody takes 24 of them for a day of the calendar. Sums may be
 * longer than a number.
 */
export function durationText(value: number | bigint | string): string {
  const seconds = BigInt(value);
  const parts = [
    [seconds / 3600n, 'H'],
    [(seconds / 60n) % 60n, 'M'],
    [seconds % 60n, 'S'],
  ] as const;
  return `PT${parts.map(([count, unit]) => (count > 0n ? `${count}${unit}` : '')).join('') || '0S'}`;
}
