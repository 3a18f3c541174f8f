import { globSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { run } from 'node:test';
import { bundlesOf, file_minutes_max, withBundles } from './harness/bundle.ts';
import { report, summary } from './harness/report.ts';
import { withCluster } from './harness/throw-away.ts';

/**
 * Runs the given test files or folders, or all there are, against one throw-away PostgreSQL (or the server that
 * HOLDFAST_TEST_DATABASE_URL names), and ends with `N passed, N failed, N skipped`.
 */

const root = resolve(import.meta.dirname, '..');
const folders = ['src', 'test', 'web', 'bench'];
const files_at_once = 2;

function testFiles(args: string[]): string[] {
  return (args.length > 0 ? args : folders).flatMap((path) => {
    const full = resolve(root, path);
    if (!statSync(full).isDirectory()) return [full];
    return globSync('**/*.test.ts', { cwd: full }).map((file) => resolve(full, file));
  });
}

const opensBrowser = (file: string) => file.startsWith(resolve(root, 'test/e2e'));

/** Spread evenly from 0 to 1. */
const places = (bundles: string[][]) => bundles.map((bundle, at) => ({ bundle, place: (at + 0.5) / bundles.length }));

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

const files = testFiles(process.argv.slice(2)).sort((a, b) => a.localeCompare(b));
const isOfPage = (file: string) => file.startsWith(resolve(root, 'web'));
const [browser, others, ofPage] = [
  files.filter(opensBrowser),
  files.filter((file) => !opensBrowser(file) && !isOfPage(file)),
  files.filter(isOfPage),
].map((some) => places(bundlesOf(root, some)));
// Those of the browser keep the processors busy and the others often wait, so each of the ones runs beside some of the others.
// Those of the page take a moment each, so at the end they keep both at work while the last of the others is running.
const mixed = [...[...browser!, ...others!].sort((a, b) => a.place - b.place), ...ofPage!].map(({ bundle }) => bundle);
const process_minutes_max = file_minutes_max * Math.max(...mixed.map((bundle) => bundle.length));
const passed = await withCluster(() =>
  withBundles(root, mixed, async (modules) => {
    const tests = run({
      files: modules,
      concurrency: files_at_once,
      timeout: process_minutes_max * 60_000,
      signal: interrupted.signal,
    });
    const totals = await report(tests, root, (line) => console.log(line));
    if (interrupted.signal.aborted) console.log('Interrupted.');
    console.log(summary(totals));
    return totals.failed === 0 && totals.passed > 0 && !interrupted.signal.aborted;
  }),
);
process.exitCode = passed ? 0 : 1;
