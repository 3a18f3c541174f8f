import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartFailure } from './start-failure.ts';

const poll_ms = 20;
const fast_stop_seconds = 60;
const immediate_stop_seconds = 10;
const kill_seconds = 10;

function recordedPostmaster(clusterDir: string): number | undefined {
  const file = join(clusterDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** On Linux, a process of this cluster is one called postgres whose working directory is the cluster's. */
function isOfCluster(pid: number, cluster: { dev: number; ino: number }): boolean {
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false;
    const cwd = statSync(`/proc/${pid}/cwd`);
    return cwd.dev === cluster.dev && cwd.ino === cluster.ino;
  } catch {
    return false; // gone meanwhile, or not ours to look at
  }
}

/** The living PostgreSQL processes of a cluster. A recorded process id alone proves nothing: ids are reused. */
export function clusterProcesses(clusterDir: string): number[] {
  if (process.platform === 'linux') {
    const cluster = statSync(clusterDir);
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && isOfCluster(pid, cluster));
  }
  const pid = recordedPostmaster(clusterDir);
  if (pid === undefined) return [];
  const command = spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return command.endsWith('postgres') ? [pid] : [];
}

/** One that has ended meanwhile is passed over. */
export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

async function goneWithin(seconds: number, living: () => number[]): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (living().length > 0) {
    if (Date.now() > deadline) return false;
    await sleep(poll_ms);
  }
  return true;
}

/**
 * Stops the processes that a killed run left behind: the server by a fast shutdown, which writes a checkpoint, or, when
 * the server itself was killed, its remaining children. After that nothing of the cluster runs, and a postmaster.pid
 * that is still there is stale; PostgreSQL would believe it if its process id now belonged to another program.
 */
export async function stopLeftovers(clusterDir: string, log: (message: string) => void): Promise<void> {
  const living = () => clusterProcesses(clusterDir);
  const postmaster = recordedPostmaster(clusterDir);
  if (postmaster !== undefined && living().includes(postmaster)) {
    log(`Stopping the PostgreSQL (process ${postmaster}) that an earlier run left behind`);
    signal([postmaster], 'SIGINT');
    if (!(await goneWithin(fast_stop_seconds, living))) {
      signal([postmaster], 'SIGQUIT');
      await goneWithin(immediate_stop_seconds, living);
    }
  }
  signal(living(), 'SIGKILL');
  if (!(await goneWithin(kill_seconds, living))) {
    throw new StartFailure(
      `PostgreSQL processes ${living().join(', ')} of ${clusterDir} do not end; stop them and try again`,
    );
  }
  await rm(join(clusterDir, 'postmaster.pid'), { force: true });
}
