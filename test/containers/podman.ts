import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Inside a container or a virtual machine, systemd and the limits that podman sets by itself are not to be had. */
const cgroups = ['--cgroup-manager', 'cgroupfs'];
export const runtime = ['--ulimit', 'nofile=8192:8192', '--ulimit', 'nproc=4096:4096'];

/** Runs podman as root, with runc; returns what it printed. */
export async function podman(...args: string[]): Promise<string> {
  const run = promisify(execFile);
  const { stdout } = await run('podman', ['--runtime', 'runc', ...cgroups, ...args], { maxBuffer: 50_000_000 });
  return stdout.trim();
}
