import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { stopLeftovers } from '../../src/kernel/database/embedded/processes.ts';
import { embeddedSuperuserUrl, startEmbeddedPostgres } from '../../src/kernel/database/embedded.ts';
import { lockFolder } from '../../src/kernel/folder-lock.ts';

const [in_memory, on_disk] = ['/dev/shm', '/tmp'];
const scratch = 'holdfast-run-';
/** What the files of a whole run may take at a time: its databases, data directories and backups. */
const run_bytes_max = 10 * 1024 ** 3;

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
  // Thousands of connections are made in a run, and their passwords are drawn by chance.
  scram_iterations: '1',
};

/**
 * Where the files of a run go: into memory where there is room. On a disk, ext4 takes more time of the processor to
 * make and drop a database of two thousand files for each test file than most of them take for their tests.
 */
function scratchFolder(): string {
  if (!existsSync(in_memory)) return on_disk;
  const { bavail, bsize } = statfsSync(in_memory);
  return Math.min(bavail * bsize, process.availableMemory()) >= run_bytes_max ? in_memory : on_disk;
}

/** Deletes what killed runs left; the lock of their cluster tells whether it is in use. */
async function sweepEarlierRuns(): Promise<void> {
  for (const run of globSync([in_memory, on_disk].map((folder) => join(folder, `${scratch}*`)))) {
    const dir = join(run, 'cluster');
    // A cluster that ends meanwhile is gone already.
    if (statSync(run, { throwIfNoEntry: false })?.uid !== process.getuid?.() || !existsSync(join(dir, 'holdfast.lock')))
      continue;
    const lock = lockFolder(dir);
    if (lock === undefined) continue;
    if (existsSync(join(dir, 'postgres'))) await stopLeftovers(join(dir, 'postgres'), () => {});
    lock.release();
    removeScratch(run);
  }
}

/** With the small disks that a test which was killed has left mounted there. */
function removeScratch(run: string): void {
  const mounts = existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8').split('\n') : [];
  const below = mounts.map((line) => line.split(' ')[1] ?? '').filter((path) => path.startsWith(`${run}/`));
  for (const path of below.reverse()) spawnSync('umount', ['--lazy', path]);
  rmSync(run, { recursive: true, force: true });
}

/**
 * Runs `work` with a temporary PostgreSQL, or with the server in HOLDFAST_TEST_DATABASE_URL. Temporary files of this
 * process and of those it starts lie beside it, and end with it.
 */
export async function withCluster<Result>(work: () => Promise<Result>): Promise<Result> {
  if (process.env.HOLDFAST_TEST_DATABASE_URL !== undefined) return work();
  await sweepEarlierRuns();
  const run = mkdtempSync(join(scratchFolder(), scratch));
  // PostgreSQL and others that run as somebody else find theirs in it.
  chmodSync(run, 0o711);
  process.env.TMPDIR = run;
  const dataDir = join(run, 'cluster');
  try {
    const cluster = await startEmbeddedPostgres({ dataDir, log: () => {}, settings: forgetful });
    process.env.HOLDFAST_TEST_DATABASE_URL = cluster.ownerUrl;
    await letForgetStatements(cluster.ownerUrl, dataDir);
    return await work().finally(() => cluster.stop());
  } finally {
    removeScratch(run);
  }
}

/** Whoever drops a test's database drops with it what was counted there. */
async function letForgetStatements(ownerUrl: string, dataDir: string): Promise<void> {
  const owner = pg.escapeIdentifier(new URL(ownerUrl).username);
  const client = new pg.Client({ connectionString: embeddedSuperuserUrl(dataDir)! });
  await client.connect();
  await client.query(`grant execute on function pg_stat_statements_reset to ${owner}`).finally(() => client.end());
}
