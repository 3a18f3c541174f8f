import { existsSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { lockDataDir } from '../src/kernel/database/embedded/lock.ts';
import { stopLeftovers } from '../src/kernel/database/embedded/processes.ts';
import { startEmbeddedPostgres } from '../src/kernel/database/embedded.ts';
import { report, summary } from './harness/report.ts';

/**
 * Runs the given test files or folders, or all there are, against one throw-away PostgreSQL (or the server that
 * HOLDFAST_TEST_DATABASE_URL names), and ends with `N passed, N failed, N skipped`.
 */

const root = resolve(import.meta.dirname, '..');
const folders = ['src', 'test', 'web', 'bench'];
const files_at_once = 2;
const test_minutes_max = 5;
const scratch = '/tmp/holdfast-cluster-';

/** Nothing of this cluster has to outlive the run. */
const forgetful = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '256MB',
  max_connections: '300',
};

function testFiles(args: string[]): string[] {
  return (args.length > 0 ? args : folders).flatMap((path) => {
    const full = resolve(root, path);
    if (!statSync(full).isDirectory()) return [full];
    return globSync('**/*.test.ts', { cwd: full }).map((file) => resolve(full, file));
  });
}

/** A run that was killed left its cluster; whether it still lives, its lock tells. */
async function sweepEarlierRuns(): Promise<void> {
  for (const dir of globSync(`${scratch}*`)) {
    if (statSync(dir).uid !== process.getuid?.() || !existsSync(join(dir, 'holdfast.lock'))) continue;
    const lock = lockDataDir(dir);
    if (lock === undefined) continue;
    if (existsSync(join(dir, 'postgres'))) await stopLeftovers(join(dir, 'postgres'), () => {});
    lock.release();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function withCluster(work: () => Promise<boolean>): Promise<boolean> {
  if (process.env.HOLDFAST_TEST_DATABASE_URL !== undefined) return work();
  await sweepEarlierRuns();
  const dataDir = mkdtempSync(scratch);
  try {
    const cluster = await startEmbeddedPostgres({ dataDir, log: () => {}, settings: forgetful });
    process.env.HOLDFAST_TEST_DATABASE_URL = cluster.ownerUrl;
    return await work().finally(() => cluster.stop());
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

const files = testFiles(process.argv.slice(2)).sort((a, b) => a.localeCompare(b));
const passed = await withCluster(async () => {
  const tests = run({
    files,
    concurrency: files_at_once,
    timeout: test_minutes_max * 60_000,
    signal: interrupted.signal,
  });
  const totals = await report(tests, root, (line) => console.log(line));
  if (interrupted.signal.aborted) console.log('Interrupted.');
  console.log(summary(totals));
  return totals.failed === 0 && totals.passed > 0 && !interrupted.signal.aborted;
});
process.exitCode = passed ? 0 : 1;
