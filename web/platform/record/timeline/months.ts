import { formatMonth } from '../../../ui/format.ts';

/** Entries that are in time order, under the month they fall in. */
export function byMonth<T extends { at: string }>(entries: readonly T[]): { label: string; entries: T[] }[] {
  const months: { label: string; entries: T[] }[] = [];
  for (const entry of entries) {
    const label = formatMonth(entry.at);
    const last = months.at(-1);
    if (last?.label === label) last.entries.push(entry);
    else months.push({ label, entries: [entry] });
  }
  return months;
}
