import type { CDPSession } from 'playwright-core';

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  ts: number;
  dur?: number;
  /** Processor time in microseconds. */
  tdur?: number;
}

const includedCategories = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];

/**
 * The processor time of the page per frame, in milliseconds, while something is done: script, style, layout and paint.
 * The wall time of a frame would also depend on the machine, which draws without a graphics card.
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

/** Splits the tasks of the page's main thread into frames: the task that draws ends a frame. */
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
