import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Cluster, holdfastSettings } from './cluster.ts';

const root = new URL('..', import.meta.url).pathname;
const start_ms_max = 60_000;

/** Processes that an interrupted run would leave behind. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill();
});

/** A program under measurement, in a process of its own. */
export interface Server {
  /** `http://127.0.0.1:4711`; empty for a worker. */
  url: string;
  pid: number;
  stop(): Promise<void>;
}

export interface HoldfastOptions {
  role: 'all' | 'web' | 'worker';
  settings?: Record<string, string>;
}

/**
 * Starts the program as `npm start` does, but without the embedded database, which the benchmarks share. It logs to a
 * file at level info.
 */
export function startHoldfast(cluster: Cluster, databaseUrl: string, options: HoldfastOptions): Promise<Server> {
  const env = { ...holdfastSettings(cluster, databaseUrl), HOLDFAST_ROLE: options.role, ...options.settings };
  return startServer(
    cluster,
    `holdfast-${options.role}`,
    [...nodeFlags(), 'src/main.ts'],
    env,
    /ready after .*?(?: at (\S+)|$)/,
  );
}

/** The flags that `npm start` passes to Node. */
export function nodeFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return scripts.start.split(' ').filter((word: string) => word.startsWith('--'));
}

export function startReference(cluster: Cluster, databaseUrl: string): Promise<Server> {
  return startServer(cluster, 'reference', ['bench/reference/server.ts', databaseUrl], {}, /ready at (\S+)/);
}

/** Runs a script of this repository until it says on stderr that it is ready. */
export async function startServer(
  cluster: Cluster,
  name: string,
  args: string[],
  env: Record<string, string>,
  isReady: RegExp,
): Promise<Server> {
  const logs = join(cluster.directory, 'logs');
  mkdirSync(logs, { recursive: true });
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', openSync(join(logs, `${name}.log`), 'w'), 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const url = await firstMatch(child, isReady);
  return { url: url.replace('localhost', '127.0.0.1'), pid: child.pid!, stop: () => stop(child) };
}

function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const fail = (why: string) => reject(new Error(`A server ${why}:\n${said.join('\n')}`));
    const timer = setTimeout(() => fail(`was not ready within ${start_ms_max} ms`), start_ms_max);
    child.once('exit', (code) => fail(`ended with code ${code}`));
    createInterface({ input: child.stderr! }).on('line', (line) => {
      said.push(line);
      const match = pattern.exec(line);
      if (!match) return;
      clearTimeout(timer);
      resolve(match[1] ?? '');
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
