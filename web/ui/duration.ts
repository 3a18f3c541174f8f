import { durationSeconds, durationText, typedDurationSeconds } from '../../src/kernel/contract/duration.ts';
import { formatNumber } from './format.ts';

/** `PT26H30M` as people read it: "26 hr 30 min". */
export function formatDuration(value: string): string {
  const seconds = durationSeconds(value) ?? 0;
  const parts = [
    [Math.trunc(seconds / 3600), 'hour'],
    [Math.trunc(seconds / 60) % 60, 'minute'],
    [seconds % 60, 'second'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0);
  return (shown.length > 0 ? shown : [parts[1]])
    .map(([count, unit]) => formatNumber(count, { style: 'unit', unit, unitDisplay: 'short' }))
    .join(' ');
}

/** As one types it: `26:30`, with seconds only where there are some. */
export function typedDuration(value: string): string {
  const seconds = durationSeconds(value);
  if (seconds === undefined) return value;
  const two = (count: number) => String(count).padStart(2, '0');
  const rest = seconds % 60;
  return `${Math.trunc(seconds / 3600)}:${two(Math.trunc(seconds / 60) % 60)}${rest > 0 ? `:${two(rest)}` : ''}`;
}

/** What was typed as the API takes it; what is no duration as it is, for the API to refuse in words. */
export function readDuration(text: string): string {
  const seconds = typedDurationSeconds(text.trim());
  return seconds === undefined ? text.trim() : durationText(seconds);
}
