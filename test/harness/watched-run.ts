import { run } from 'node:test';
import { type Report, report } from './report.ts';

export interface WatchedRun {
  root: string;
  /** Ends it from outside. */
  signal: AbortSignal;
  /** How long it may make no progress. */
  still_ms_max: number;
  print: (line: string) => void;
}

/**
 * Runs the tests of a module in a process of its own, for as long as it makes progress: a test begins or ends, or
 * something is printed. A machine that does other work as well may take its time.
 */
export async function runWatched(module: string, { root, signal, still_ms_max, print }: WatchedRun): Promise<Report> {
  const stuck = new AbortController();
  const tests = run({ files: [module], signal: AbortSignal.any([signal, stuck.signal]) });
  const watch = setTimeout(() => stuck.abort(), still_ms_max);
  let last = 'its start';
  tests.on('test:dequeue', ({ name }) => {
    last = name;
  });
  for (const progress of ['test:dequeue', 'test:complete', 'test:stdout', 'test:stderr'] as const)
    tests.on(progress, () => void watch.refresh());
  const result = await report(tests, root, print).finally(() => clearTimeout(watch));
  if (!stuck.signal.aborted) return result;
  const failure = `✖ ${last}\n    Ended, because nothing went on for ${still_ms_max / 1000} s.`;
  print(failure);
  return { ...result, failed: result.failed + 1, failures: [...result.failures, failure], failedOutside: true };
}
