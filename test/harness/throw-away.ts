import { existsSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lockDataDir } from '../../src/kernel/database/embedded/lock.ts';
import { stopLeftovers } from '../../src/kernel/database/embedded/processes.ts';
import { startEmbeddedPostgres } from '../../src/kernel/database/embedded.ts';

const scratch = '/tmp/holdfast-cluster-';

/** Settings without durability, because nothing of this cluster outlives the run. */
const forgetful = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '256MB',
  max_connections: '300',
  // Room for the statements of every test's database: what is forgotten is missing where a test compares counts.
  'pg_stat_statements.max': '50000',
  // With a database for each test file, the product's shorter interval would keep a processor busy.
  autovacuum_naptime: '60s',
};

/** Deletes the clusters of killed runs; the lock of a cluster tells whether it is in use. */
async function sweepEarlierRuns(): Promise<void> {
  for (const dir of globSync(`${scratch}*`)) {
    // A cluster that ends meanwhile is gone already.
    if (statSync(dir, { throwIfNoEntry: false })?.uid !== process.getuid?.() || !existsSync(join(dir, 'holdfast.lock')))
      continue;
    const lock = lockDataDir(dir);
    if (lock === undefined) continue;
    if (existsSync(join(dir, 'postgres'))) await stopLeftovers(join(dir, 'postgres'), () => {});
    lock.release();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Runs `work` with a temporary PostgreSQL, or with the server in HOLDFAST_TEST_DATABASE_URL. */
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
