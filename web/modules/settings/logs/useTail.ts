import { useEffect, useRef, useState } from 'react';
import { type LogFilter, readLines } from './logs.ts';
import { added, emptyTail, poll_lines, type Tail } from './tail.ts';

const poll_ms = 2_000;
const retry_ms = 10_000;
/** How far each look goes back behind the newest line: lines of several processes do not arrive in their order. */
const overlap_ms = 10_000;
/**
 * The newest lines as they come, while `running`; what was there before stays when it pauses, and goes when the filter
 * changes.
 */
export function useTail(everything: boolean, filter: LogFilter, on: boolean, running: boolean): Tail {
  const key = JSON.stringify([everything, filter, on]);
  const [state, setState] = useState({ key, tail: emptyTail });
  const tail = state.key === key ? state.tail : emptyTail;
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
