import { existsSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lockDataDir } from '../../src/kernel/database/embedded/lock.ts';
import { stopLeftovers } from '../../src/kernel/database/embedded/processes.ts';
import { startEmbeddedPostgres } from '../../src/kernel/database/embedded.ts';

const scratch = '/tmp/holdfast-cluster-';

/** Nothing of this cluster has to outlive the run. */
const forgetful = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '256MB',
  max_connections: '300',
  // With a database for each test file, the product's shorter pause would keep a processor busy.
  autovacuum_naptime: '60s',
};

/** A run that was killed left its cluster; whether it still lives, its lock tells. */
async function sweepEarlierRuns(): Promise<void> {
  for (const dir of globSync(`${scratch}*`)) {
    // One that ends by itself meanwhile is gone already.
    if (statSync(dir, { throwIfNoEntry: false })?.uid !== process.getuid?.() || !existsSync(join(dir, 'holdfast.lock')))
      continue;
    const lock = lockDataDir(dir);
    if (lock === undefined) continue;
    if (existsSync(join(dir, 'postgres'))) await stopLeftovers(join(dir, 'postgres'), () => {});
    lock.release();
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * Does the work against a throw-away PostgreSQL, or the server that HOLDFAST_TEST_DATABASE_URL names, from where the harness
 * takes its databases.
 */
export async function withCluster<Result>(work: () => Promise<Result>): Promise<Result> {
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
