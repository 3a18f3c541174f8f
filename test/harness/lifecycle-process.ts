import { createSecretKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createFileStore } from '../../src/kernel/files/create-file-store.ts';
import type { S3StoreOptions } from '../../src/kernel/files/s3-store.ts';
import { createLog } from '../../src/kernel/logs/log.ts';
import { createKeyRing } from '../../src/kernel/vault/seal.ts';
import { runFiles, runLifecycle } from '../../src/operations/lifecycle/run.ts';

/**
 * A run of the lifecycle in a process of its own, for tests that kill it: says which step it has reached, and goes no
 * further than `stopAt`.
 */
export interface LifecycleProcessOptions {
  ownerUrl: string;
  work: 'archive' | 'files';
  at: string;
  /** `step` or `step source`. */
  stopAt: string;
  hot: string;
  cold?: string | undefined;
  /** Instead of the folder of the cold store. */
  s3?: Omit<S3StoreOptions, 'credentials'> & { accessKeyId: string; secretAccessKey: string };
  /** Of the archive, in hexadecimal digits. */
  key: string;
}

async function run({ ownerUrl, work, at, stopAt, hot, cold, s3, key }: LifecycleProcessOptions): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const shared = { client, at: new Date(at), log: createLog('silent') };
  const reach = async (...steps: string[]) => {
    if (!steps.includes(stopAt)) return;
    console.log(stopAt);
    await sleep(3_600_000);
  };
  const files = createFileStore({ folder: hot });
  if (work === 'archive')
    await runLifecycle({
      ...shared,
      files,
      ring: lifecycleRing(key),
      archiveMonths: 24,
      deleteYears: 7,
      historyDays: 0,
      after: (step, { source }) => reach(step, `${step} ${source}`),
    });
  else
    await runFiles({
      ...shared,
      tiers: {
        hot: files,
        cold: createFileStore({ folder: cold ?? '', s3: s3 && { ...s3, credentials: () => s3 } }),
      },
      warmDays: 0,
      coldDays: 365,
      orphanDays: 2,
      after: (step) => reach(step),
    });
  await client.end();
}

export const lifecycleRing = (key: string) =>
  createKeyRing({ current: 1, keys: new Map([[1, createSecretKey(Buffer.from(key, 'hex'))]]) }, 'secrets');

if (import.meta.main) await run(JSON.parse(process.argv[2]!));
