import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from './service.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ready_ms_max = 60_000;
/** What was compiled once need not be compiled at each start. */
const { PATH, NODE_COMPILE_CACHE, TMPDIR = '/tmp' } = process.env;
export const ownEnvironment = { PATH, NODE_COMPILE_CACHE, TMPDIR };

export interface HoldfastProcess {
  pid: number;
  url: string;
  /** Its output so far. */
  output(): string;
  /** Kills it. */
  kill(): Promise<void>;
  /** Stops it as Ctrl-C does, or as a service manager; returns the exit code. */
  stop(signal?: 'SIGINT' | 'SIGTERM'): Promise<number | null>;
}

/** Starts the program itself, as `npm start` does after its preparations, and waits until it is ready. `cwd`: another release of it. */
export async function startProcess(
  args: string[],
  env: Record<string, string> = {},
  cwd = root,
): Promise<HoldfastProcess> {
  const port = args.includes('--port') ? Number(args[args.indexOf('--port') + 1]) : await freePort();
  const all = args.includes('--port') ? args : ['--port', String(port), ...args];
  const child = spawn(process.execPath, ['src/main.ts', ...all], {
    cwd,
    env: { ...ownEnvironment, LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  child.stdout.on('data', (chunk) => output.push(String(chunk)));
  child.stderr.on('data', (chunk) => output.push(String(chunk)));
  const url = `http://127.0.0.1:${port}`;
  await untilReady(child, url, output);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit');
    child.kill(signal);
    return (await exited)[0] as number | null;
  };
  return {
    pid: child.pid!,
    url,
    output: () => output.join(''),
    kill: async () => void (await end('SIGKILL')),
    stop: (signal = 'SIGINT') => end(signal),
  };
}

async function untilReady(child: ChildProcess, url: string, output: string[]): Promise<void> {
  const deadline = Date.now() + ready_ms_max;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`Holdfast ended with ${child.exitCode}:\n${output.join('')}`);
    const answer = await fetch(`${url}/api/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    if (output.join('').includes('runs jobs')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`Holdfast was not ready within ${ready_ms_max} ms:\n${output.join('')}`);
}

/** Runs the command line as a process; returns its stdout. `cwd`: of another release. */
export async function holdfast(args: string[], env: Record<string, string> = {}, cwd = root): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['src/cli/main.ts', ...args], {
    cwd,
    env: { ...ownEnvironment, ...env },
    maxBuffer: 20_000_000,
  });
  return stdout.trim();
}

/** Runs the command line until it says something, and kills it there; answers what it said. */
export async function killHoldfast(args: string[], env: Record<string, string>, at: RegExp): Promise<string> {
  const child = spawn(process.execPath, ['src/cli/main.ts', ...args], {
    cwd: root,
    env: { ...ownEnvironment, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(child, 'close');
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
    if (at.test(output)) child.kill('SIGKILL');
  });
  const [, signal] = await closed;
  if (signal !== 'SIGKILL') throw new Error(`It ended before it could be killed:\n${output}`);
  return output;
}
