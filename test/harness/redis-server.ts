import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, killService, listens, startService } from './service.ts';

/** Why suites against a real Redis are skipped, or false when they run. */
export const redisMissing =
  spawnSync('redis-server', ['--version']).status === 0 ? false : 'redis-server is not installed';

export interface RedisServer {
  url: string;
  kill(): Promise<void>;
  /** Suspends it, until `resume`. */
  hang(): void;
  resume(): void;
  /** Starts it again on the same port, with the snapshot it left, if any. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a Redis server on loopback. It writes snapshots only when asked to. */
export async function startRedisServer(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-redis-'));
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no', daemonize: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const start = () => startService({ command: 'redis-server', args, isUp: () => listens(port) });
  let child = await start();
  const kill = () => killService(child);

  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    hang: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async restart() {
      child = await start();
    },
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
