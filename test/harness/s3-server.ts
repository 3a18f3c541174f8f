import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3StoreOptions } from '../../src/kernel/files/s3-store.ts';
import { freePort, killService, startService } from './service.ts';

const built = join(import.meta.dirname, '../../.cache/go/bin/versitygw');
const command = existsSync(built) ? built : 'versitygw';

/** Why suites against a real S3 server are skipped, or false when they run. */
export const s3Missing =
  spawnSync(command, ['--version']).status === 0 ? false : 'versitygw (Versity S3 gateway) is not installed';

export interface S3Server {
  /** The options of an existing, empty bucket. */
  options: Required<Omit<S3StoreOptions, 'allowPlaintext' | 'name' | 'storageClass'>>;
  close(): Promise<void>;
}

/** Starts a Versity S3 gateway on loopback, over a temporary folder. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-s3-'));
  const [bucket, buckets, metadata] = ['holdfast', join(folder, 'buckets'), join(folder, 'metadata')];
  await Promise.all([mkdir(join(buckets, bucket), { recursive: true }), mkdir(metadata)]);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const [accessKeyId, secretAccessKey] = ['holdfast', 'holdfast-test-secret'];
  const child = await startService({
    command,
    // Folders are buckets. Metadata goes beside the files, because not every temporary folder has extended attributes.
    args: `--port 127.0.0.1:${port} --health /health --quiet posix --sidecar`.split(' ').concat(metadata, buckets),
    env: { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey },
    isUp: async () => (await fetch(`${endpoint}/health`)).ok,
  });
  return {
    options: { bucket, region: 'us-east-1', endpoint, credentials: () => ({ accessKeyId, secretAccessKey }) },
    async close() {
      await killService(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
