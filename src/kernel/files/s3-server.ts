import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { S3StoreOptions } from './s3-store.ts';

const start_ms_max = 15_000;
const installed = join(import.meta.dirname, '../../../.cache/go/bin/versitygw');
const binary = existsSync(installed) ? installed : 'versitygw';

/** Why suites against a real S3 server are skipped, or false when they run. */
export const s3Missing =
  spawnSync(binary, ['--version']).status === 0 ? false : 'versitygw (Versity S3 gateway) is not installed';

export interface S3Server {
  /** A bucket that is there and empty. */
  options: Required<Omit<S3StoreOptions, 'allowPlaintext'>>;
  close(): Promise<void>;
}

/** A Versity S3 gateway of one's own on loopback, over a temporary folder: for tests. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-s3-'));
  // Folders are buckets. Metadata beside the files, because not every temporary folder has extended attributes.
  await Promise.all(['buckets/holdfast', 'metadata'].map((name) => mkdir(join(folder, name), { recursive: true })));
  const port = await freePort();
  const credentials = { accessKeyId: 'holdfast', secretAccessKey: 'holdfast-test-secret' };
  const child = spawn(
    binary,
    [
      ...['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet'],
      ...['posix', '--sidecar', join(folder, 'metadata'), join(folder, 'buckets')],
    ],
    {
      stdio: 'ignore',
      env: {
        ...process.env,
        ROOT_ACCESS_KEY: credentials.accessKeyId,
        ROOT_SECRET_KEY: credentials.secretAccessKey,
      },
    },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  const giveUpAt = Date.now() + start_ms_max;
  while (!(await isHealthy(`${endpoint}/health`))) {
    if (child.exitCode !== null || Date.now() > giveUpAt) throw new Error(`versitygw did not start on port ${port}`);
    await delay(50);
  }
  return {
    options: { bucket: 'holdfast', region: 'us-east-1', endpoint, ...credentials },
    async close() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
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
