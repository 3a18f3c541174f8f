import { globSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import pLimit from 'p-limit';
import { type Bundle, bundlesOf, withBundles } from './harness/bundle.ts';
import { inLanes } from './harness/lanes.ts';
import { type Report, slowest, summary, sumOf } from './harness/report.ts';
import { withCluster } from './harness/throw-away.ts';
import { runWatched } from './harness/watched-run.ts';

/**
 * Runs the given test files or folders, or all there are, against one throw-away PostgreSQL (or the server that
 * HOLDFAST_TEST_DATABASE_URL names), and ends with `N passed, N failed, N skipped`.
 */

const root = resolve(import.meta.dirname, '..');
const folders = ['src', 'test', 'web', 'bench'];
/** So many files that failed may pass the second time. */
const unstable_files_max = 12;
/** A bundle in which nothing goes on for so long is ended. */
const still_ms_max = 12 * 60_000;
/** They wait more than they work: these run beside the others, two at a time. */
const waiting_at_once = 2;
const mostly_waiting = [
  'src/kernel/cache/redis-store.test.ts',
  'src/kernel/database/network.test.ts',
  'src/kernel/database/patience.test.ts',
  'src/kernel/database/wake.test.ts',
  'src/kernel/feed/feed.test.ts',
  'src/kernel/files/s3-store.test.ts',
  'src/kernel/jobs/external.test.ts',
  'src/kernel/jobs/worker.test.ts',
  'src/kernel/realtime/realtime.test.ts',
  'src/platform/webhook/crash.test.ts',
  'src/platform/webhook/delivery.test.ts',
  'src/operations/alerts/causes-of-server.test.ts',
  'src/operations/alerts/causes.test.ts',
  'src/operations/backup/backup.test.ts',
  'src/operations/backup/foreign/foreign.test.ts',
  'src/operations/backup/restore.test.ts',
  'src/operations/backup/wal.test.ts',
  'src/operations/metrics/metrics.test.ts',
  'src/operations/metrics/prometheus.test.ts',
].map((path) => resolve(root, path));

function testFiles(args: string[]): string[] {
  return (args.length > 0 ? args : folders).flatMap((path) => {
    const full = resolve(root, path);
    if (!statSync(full).isDirectory()) return [full];
    return globSync('**/*.test.ts', { cwd: full }).map((file) => resolve(full, file));
  });
}

const opensBrowser = (file: string) => file.startsWith(resolve(root, 'test/e2e'));

/** Each bundle with its share of the way through the run, from 0 to 1, so that two lists of them can be interleaved. */
const withShares = (bundles: string[][]) =>
  bundles.map((bundle, at) => ({ bundle, share: (at + 0.5) / bundles.length }));

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

const files = testFiles(process.argv.slice(2)).sort((a, b) => a.localeCompare(b));
const isOfPage = (file: string) => file.startsWith(resolve(root, 'web'));
const [browser, others, ofPage, waiting] = [
  files.filter(opensBrowser),
  files.filter((file) => !opensBrowser(file) && !isOfPage(file) && !mostly_waiting.includes(file)),
  files.filter(isOfPage),
  files.filter((file) => mostly_waiting.includes(file)),
].map((some) => withShares(bundlesOf(root, some)));
// Those of the browser keep the processors busy and the others often wait, so each of the ones runs beside some of the
// others. Those of the page take a moment each, so at the end they keep both at work while the last of the others is
// running.
const mixed = [...[...browser!, ...others!].sort((a, b) => a.share - b.share), ...ofPage!].map(({ bundle }) => bundle);
// Those of backups take longest and come last by name, so they begin: none of them then runs by itself at the end.
const besides = waiting!.map(({ bundle }) => bundle).reverse();

const runBundle = ({ module }: Bundle) =>
  runWatched(module, { root, signal: interrupted.signal, still_ms_max, print: (line) => console.log(line) });

async function runAll(): Promise<Report> {
  return withBundles(root, [...mixed, ...besides], async (bundles) => {
    const work = bundles.map((bundle) => () => runBundle(bundle));
    const limit = pLimit(waiting_at_once);
    const beside = Promise.all(work.slice(mixed.length).map((each) => limit(each)));
    // Several of those that wait measure how long something takes.
    let measuring = true;
    void beside.then(() => {
      measuring = false;
    });
    const parts = await Promise.all([inLanes(work.slice(0, mixed.length), () => !measuring), beside]);
    return sumOf(parts.flat());
  });
}

/**
 * Runs what failed once more, by itself. A file that passes now is named as unstable and counts as passed: what a
 * change broke fails both times, and fails in more files than these.
 */
async function runAgain(first: Report): Promise<Report> {
  const { failed, failedFiles, failedOutside } = first;
  if (failed === 0 || failedOutside || failedFiles.length > unstable_files_max || interrupted.signal.aborted)
    return first;
  console.log(`\nOnce more, by itself: ${failedFiles.join(', ')}`);
  const bundles = failedFiles.map((file) => [resolve(root, file)]);
  const second = await withBundles(root, bundles, async (alone) => {
    const parts: Report[] = [];
    for (const bundle of alone) parts.push(await runBundle(bundle));
    return sumOf(parts);
  });
  if (second.failedOutside) return first;
  console.log('\nFailed the first time:');
  for (const failure of first.failures) console.log(failure);
  for (const file of failedFiles) if (!second.failedFiles.includes(file)) console.log(`unstable: ${file}`);
  return { ...second, passed: first.passed + failed - second.failed, skips: first.skips };
}

const passed = await withCluster(async () => {
  const first = await runAll();
  const result = await runAgain(first);
  if (result.failed > 0) console.log('\nFailed:');
  for (const failure of result.failures) console.log(failure);
  for (const line of slowest(first)) console.log(line);
  for (const line of result.skips) console.log(`skipped: ${line}`);
  if (interrupted.signal.aborted) console.log('Interrupted.');
  console.log(summary(result));
  return result.failed === 0 && result.passed > 0 && !interrupted.signal.aborted;
});
process.exitCode = passed ? 0 : 1;
