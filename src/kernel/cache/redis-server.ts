import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const start_ms_max = 10_000;

/** Why suites against a real Redis are skipped, or false when they run. */
export const redisMissing =
  spawnSync('redis-server', ['--version']).status === 0 ? false : 'redis-server is not installed';

export interface RedisServer {
  url: string;
  /** `SIGKILL` ends it, `SIGSTOP` makes it hang, `SIGCONT` goes on. */
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Starts it again on the same port, with the snapshot it left, if any. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** A Redis server of one's own on loopback: for tests. It writes snapshots only when asked to. */
export async function startRedisServer(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-redis-'));
  const port = await freePort();
  let child = await run(port, folder);

  async function signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') {
    const ended =
      name === 'SIGKILL' && child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill(name);
    await ended;
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    signal,
    async restart() {
      child = await run(port, folder);
    },
    async close() {
      await signal('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function run(port: number, folder: string): Promise<ChildProcess> {
  const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no', daemonize: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn('redis-server', args, { stdio: 'ignore' });
  const giveUpAt = Date.now() + start_ms_max;
  while (!(await listens(port))) {
    if (child.exitCode !== null || Date.now() > giveUpAt) throw new Error(`redis-server did not start on port ${port}`);
    await delay(20);
  }
  return child;
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
