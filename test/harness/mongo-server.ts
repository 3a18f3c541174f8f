import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killService, listens, startService } from './service.ts';

const built = join(import.meta.dirname, '../../.cache/go/bin/ferretdb');
const command = existsSync(built) ? built : 'ferretdb';

/** Why suites against a real MongoDB server are skipped, or false when they run. */
export const mongoMissing =
  spawnSync(command, ['--version']).status === 0 ? false : 'FerretDB (test/harness/ferretdb) is not installed';

export interface MongoServer {
  /** The address of a database on it, which is made when something is stored there. */
  url(database: string): string;
  kill(): Promise<void>;
  /** Suspends it, until `resume`. */
  hang(): void;
  resume(): void;
  /** Starts it again on the same port, with all that it had stored. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts FerretDB on loopback, over a temporary folder. */
export async function startMongoServer(): Promise<MongoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-mongo-'));
  const port = await freePort();
  const args = ['--listen', `127.0.0.1:${port}`, '--data', folder];
  const start = () => startService({ command, args, isUp: () => listens(port) });
  let child = await start();
  return {
    url: (database) => `mongodb://127.0.0.1:${port}/${database}`,
    kill: () => killService(child),
    hang: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async restart() {
      child = await start();
    },
    async close() {
      await killService(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
