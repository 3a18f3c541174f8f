import type { CDPSession } from 'playwright-core';

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  ts: number;
  dur?: number;
  /** Of the processor. */
  tdur?: number;
}

const includedCategories = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];

/**
 * Milliseconds of the processor that the page needs for each frame while something is done: script, style, layout and paint. How long a frame
 * takes on the wall would be the machine's business too, which draws without a graphics card.
 */
export async function workPerFrame(cdp: CDPSession, what: () => Promise<void>): Promise<number[]> {
  const events: TraceEvent[] = [];
  const take = ({ value }: { value: unknown[] }) => void events.push(...(value as TraceEvent[]));
  cdp.on('Tracing.dataCollected', take);
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } });
  await what();
  const complete = new Promise<void>((resolve) => cdp.once('Tracing.tracingComplete', () => resolve()));
  await cdp.send('Tracing.end');
  await complete;
  cdp.off('Tracing.dataCollected', take);
  return framesOf(events);
}

/** The page's thread runs tasks; one of them draws, and ends the frame that those before it belong to. */
function framesOf(events: readonly TraceEvent[]): number[] {
  const drawn = events.filter(({ name, ph }) => name === 'PrePaint' && ph === 'X');
  const thread = drawn[0];
  const tasks = events
    .filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && pid === thread?.pid && tid === thread.tid)
    .sort((a, b) => a.ts - b.ts);
  const frames: number[] = [];
  let work = 0;
  for (const { ts, dur = 0, tdur = 0 } of tasks) {
    work += tdur / 1000;
    if (!drawn.some((one) => one.ts >= ts && one.ts <= ts + dur)) continue;
    frames.push(work);
    work = 0;
  }
  return frames;
}
