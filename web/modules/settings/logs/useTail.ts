import { useEffect, useRef, useState } from 'react';
import { type LogFilter, type LogLine, readLines } from './logs.ts';

const poll_ms = 2_000;
const retry_ms = 10_000;
/** How far each look goes back behind the newest line: lines of several processes do not arrive in their order. */
const overlap_ms = 10_000;
const poll_lines = 200;
export const tail_lines_max = 500;

/** This page asks every two seconds; without this, a quiet log would show nothing else. */
const isOwnRequest = ({ route }: LogLine) => /^GET \/api\/v1\/(installation\/)?log-lines/.test(route ?? '');

interface Tail {
  lines: LogLine[];
  /** Lines that were shown and had to make room. */
  dropped: number;
  /** Between two looks more came than one of them reads. */
  skipped: boolean;
  failed: boolean;
}

const nothing: Tail = { lines: [], dropped: 0, skipped: false, failed: false };

function added(tail: Tail, found: LogLine[], first: boolean): Tail {
  const known = new Set(tail.lines.map(({ id }) => id));
  const fresh = found.filter(({ id }) => !known.has(id));
  const skipped = tail.skipped || (!first && fresh.length === poll_lines);
  const shown = fresh.filter((line) => !isOwnRequest(line));
  if (shown.length === 0) return { ...tail, skipped, failed: false };
  const all = [...shown, ...tail.lines].sort((a, b) => (a.at < b.at || (a.at === b.at && a.id < b.id) ? 1 : -1));
  const dropped = tail.dropped + Math.max(0, all.length - tail_lines_max);
  return { lines: all.slice(0, tail_lines_max), dropped, skipped, failed: false };
}

/** The newest lines as they come, while `running`; what was there before stays when it pauses, and goes when the filter changes. */
export function useTail(everything: boolean, filter: LogFilter, on: boolean, running: boolean): Tail {
  const key = JSON.stringify([everything, filter, on]);
  const [state, setState] = useState({ key, tail: nothing });
  const tail = state.key === key ? state.tail : nothing;
  const current = useRef(tail);
  current.current = tail;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the filter
  useEffect(() => {
    if (!on || !running) return;
    const stop = new AbortController();
    let timer: number | undefined;
    const look = async () => {
      let wait_ms = poll_ms;
      if (!document.hidden) {
        const newest = current.current.lines[0]?.at;
        const from = new Date((newest ? Date.parse(newest) : Date.now() - 15 * 60_000) - overlap_ms).toISOString();
        const to = new Date(Date.now() + 60_000).toISOString();
        try {
          const { data } = await readLines(everything, { ...filter, from, to, limit: poll_lines }, stop.signal);
          if (stop.signal.aborted) return;
          setState({ key, tail: added(current.current, data, newest === undefined) });
        } catch {
          if (stop.signal.aborted) return;
          wait_ms = retry_ms;
          setState({ key, tail: { ...current.current, failed: true } });
        }
      }
      timer = window.setTimeout(() => void look(), wait_ms);
    };
    void look();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [key, running]);
  return tail;
}
