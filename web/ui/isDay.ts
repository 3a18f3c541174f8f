/**
 * Whether it is a day of the calendar such as `2026-12-31`. Some browsers read the 31st of February as the 3rd of
 * March: it is none.
 */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}
