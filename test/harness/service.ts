import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const start_ms_max = 15_000;

export interface ServiceOptions {
  command: string;
  args: string[];
  env?: Record<string, string>;
  isUp: () => Promise<boolean>;
}

/** Starts a server on loopback, and resolves when it is up. */
export async function startService({ command, args, env, isUp }: ServiceOptions): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  const giveUpAt = Date.now() + start_ms_max;
  while (!(await isUp().catch(() => false))) {
    if (hasEnded(child) || Date.now() > giveUpAt) {
      child.kill('SIGKILL');
      throw new Error(`${command} did not start`);
    }
    await delay(20);
  }
  return child;
}

export async function killService(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether something listens on a port of this machine. */
export async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

/** Whether the server says hello: some listen a moment before. */
export async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'data', { signal: AbortSignal.timeout(2_000) });
    return true;
  } finally {
    socket.destroy();
  }
}
