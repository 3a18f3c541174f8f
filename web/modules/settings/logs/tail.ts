import type { LogLine } from '../../../../src/operations/logs/contract.ts';

/** How many lines one look reads. */
export const poll_lines = 200;
export const tail_lines_max = 500;

/** This page asks every two seconds; without this, a quiet log would show nothing else. */
const isOwnRequest = ({ route }: LogLine) => /^GET \/api\/v1\/(installation\/)?log-lines/.test(route ?? '');

export interface Tail {
  lines: LogLine[];
  /** Lines that were shown and had to make room. */
  dropped: number;
  /** Between two looks more came than one of them reads. */
  skipped: boolean;
  failed: boolean;
}

export const emptyTail: Tail = { lines: [], dropped: 0, skipped: false, failed: false };

/** The tail with what one look found, the newest first. */
export function added(tail: Tail, found: LogLine[], first: boolean): Tail {
  const known = new Set(tail.lines.map(({ id }) => id));
  const fresh = found.filter(({ id }) => !known.has(id));
  const skipped = tail.skipped || (!first && fresh.length === poll_lines);
  const shown = fresh.filter((line) => !isOwnRequest(line));
  if (shown.length === 0) return { ...tail, skipped, failed: false };
  const all = [...shown, ...tail.lines].sort((a, b) => (a.at < b.at || (a.at === b.at && a.id < b.id) ? 1 : -1));
  const dropped = tail.dropped + Math.max(0, all.length - tail_lines_max);
  return { lines: all.slice(0, tail_lines_max), dropped, skipped, failed: false };
}
