import { relative } from 'node:path';
import type { TestsStream } from 'node:test';
import { inspect } from 'node:util';

export interface Report {
  passed: number;
  failed: number;
  /** Each with its reason; a skipped suite once. */
  skips: string[];
  /** What was printed of each failure, so that it can be printed again where the run ends. */
  failures: string[];
  /** The test files with a failure. */
  failedFiles: string[];
  /** How long each file took, in seconds. */
  seconds: Record<string, number>;
  /** The test of each file that took longest. */
  longest: Record<string, { name: string; seconds: number }>;
  /** Whether something failed that is no part of a file, such as the process of a bundle. */
  failedOutside: boolean;
}

type Event = Parameters<Parameters<TestsStream['on']>[1]>[0] & {
  name: string;
  nesting: number;
  file?: string;
  line?: number;
  skip?: string | boolean;
  todo?: string | boolean;
  details: { type?: string; duration_ms?: number; error?: { failureType?: string; cause?: unknown } };
};

export const summary = ({ passed, failed, skips }: Report) =>
  `${passed} passed, ${failed} failed, ${skips.length} skipped`;

const slowest_count = 10;
/** The slowest files, and what each of them waits for most. */
export const slowest = ({ seconds, longest }: Report): string[] =>
  Object.entries(seconds)
    .sort(([, a], [, b]) => b - a)
    .slice(0, slowest_count)
    .map(([file, took]) => {
      const test = longest[file];
      return `slow: ${file} (${took.toFixed(1)} s${test ? `, of which ${test.seconds.toFixed(1)} s: ${test.name}` : ''})`;
    });

export const sumOf = (parts: readonly Report[]): Report => ({
  passed: parts.reduce((sum, { passed }) => sum + passed, 0),
  failed: parts.reduce((sum, { failed }) => sum + failed, 0),
  skips: parts.flatMap(({ skips }) => skips),
  failures: parts.flatMap(({ failures }) => failures),
  failedFiles: parts.flatMap(({ failedFiles }) => failedFiles),
  seconds: Object.assign({}, ...parts.map(({ seconds }) => seconds)),
  longest: Object.assign({}, ...parts.map(({ longest }) => longest)),
  failedOutside: parts.some(({ failedOutside }) => failedOutside),
});

/** Prints a line per file and each failure as it happens. */
export function report(tests: TestsStream, root: string, print: (line: string) => void): Promise<Report> {
  const total: Report = {
    passed: 0,
    failed: 0,
    skips: [],
    failures: [],
    failedFiles: [],
    seconds: {},
    longest: {},
    failedOutside: false,
  };
  const location = (event: Event) => `${relative(root, event.file ?? '')}:${event.line ?? 1}`;

  const fail = (event: Event, reason: unknown) => {
    total.failed++;
    const text = typeof reason === 'string' ? reason : inspect(reason, { depth: 5 });
    const failure = `✖ ${event.name} (${location(event)})\n${text.replace(/^/gm, '    ')}`;
    print(failure);
    total.failures.push(failure);
    if (event.nesting === 0 && !isFile(event)) total.failedOutside = true;
  };
  const skip = (event: Event, reason: string | boolean) =>
    total.skips.push(`${event.name} (${location(event)})${typeof reason === 'string' ? `: ${reason}` : ''}`);

  // A top-level suite is a file of a bundle.
  const ended = new Set<string>();
  const withTests = new Set<string>();
  const endFile = (event: Event, mark: string) => {
    ended.add(event.name);
    const seconds = (event.details.duration_ms ?? 0) / 1000;
    total.seconds[event.name] = seconds;
    print(`${mark} ${event.name} (${seconds.toFixed(1)} s)`);
  };
  const isFile = (event: Event) => event.nesting === 0 && event.details.type === 'suite';

  const noteLongest = ({ name, file, details: { type, duration_ms = 0 } }: Event) => {
    const of = relative(root, file ?? '');
    const seconds = duration_ms / 1000;
    if (type !== 'suite' && seconds > (total.longest[of]?.seconds ?? 0)) total.longest[of] = { name, seconds };
  };

  tests.on('test:pass', (data) => {
    const event = data as Event;
    if (isFile(event)) return endFile(event, '✔');
    noteLongest(event);
    withTests.add(relative(root, event.file ?? ''));
    if (event.skip) skip(event, event.skip);
    else if (event.todo) skip(event, 'to do');
    else if (event.details.type !== 'suite') total.passed++;
  });
  tests.on('test:fail', (data) => {
    const event = data as Event;
    const error = event.details.error;
    if (error?.failureType === 'testAborted') return; // by a Ctrl-C, which the caller reports
    withTests.add(isFile(event) ? event.name : relative(root, event.file ?? ''));
    if (event.todo) skip(event, 'to do');
    else if (error?.failureType !== 'subtestsFailed') fail(event, error?.cause ?? error);
    else if (event.details.type !== 'suite') fail(event, 'A part of it failed, see above.');
    if (!isFile(event)) return;
    endFile(event, '✖');
    total.failedFiles.push(event.name);
  });
  tests.on('test:stdout', ({ message }) => print(message.trimEnd()));
  tests.on('test:stderr', ({ message }) => print(message.trimEnd()));

  return new Promise((done, failed) => {
    tests.on('error', failed);
    tests.on('end', () => {
      for (const file of [...ended].filter((file) => !withTests.has(file))) {
        total.failed++;
        total.failedOutside = true;
        print(`✖ ${file}: the file holds no test.`);
      }
      done(total);
    });
    tests.resume();
  });
}
