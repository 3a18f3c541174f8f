import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../src/kernel/config/config.ts';
import { Database } from '../../src/kernel/database/database.ts';
import { openFiles } from '../../src/kernel/files/create-file-store.ts';
import { Worker } from '../../src/kernel/jobs/worker.ts';
import { createLog } from '../../src/kernel/logs/log.ts';
import { Outgoing } from '../../src/kernel/outgoing.ts';
import { provideKeys } from '../../src/kernel/resource/composite-names.ts';
import type { Services } from '../../src/kernel/services.ts';
import { DataKeys } from '../../src/kernel/vault/data-keys.ts';
import { parseMasterKeys } from '../../src/kernel/vault/master-key.ts';
import { mail } from '../../src/modules/mail/product.ts';
import { openKeyRing } from '../../src/secrets.ts';
import type { TestApp } from './app.ts';
import { asOwner } from './identity.ts';

/** A worker of mail alone, for tests that kill it: says when it has reached its last step, and goes no further. */
interface MailProcessOptions {
  databaseUrl: string;
  key: string;
  /** The data folder of the installation. */
  data: string;
  /** It stops after so many files were stored, or transactions of its jobs were committed. */
  stopAt?: StopAt | undefined;
  /** The kinds of the jobs that it runs; all of mail without. */
  kinds?: readonly string[] | undefined;
}
type MailStep = 'stored' | 'committed';
export interface StopAt {
  step: MailStep;
  count: number;
}

export interface MailProcess {
  /** Resolves when it has reached the step at which it stops. */
  reached: Promise<true>;
  /** Kills it, and has the leases of its jobs end. */
  kill(): Promise<void>;
}

/** Starts one on the database of a program. */
export function startMailProcess(app: TestApp, key: string, stopAt?: StopAt, kinds?: string[]): MailProcess {
  const data = app.app.services.config.HOLDFAST_DATA;
  const options: MailProcessOptions = { databaseUrl: app.database.appUrl, key, data, stopAt, kinds };
  const args = [import.meta.filename, JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  return {
    reached: once(child.stdout, 'data').then(() => true),
    kill: async () => {
      if (child.exitCode !== null) throw new Error(`It ended by itself, with ${child.exitCode}`);
      child.kill('SIGKILL');
      await exited;
      await asOwner(app, `update job set lease_until = now() where state = 'running'`);
      await asOwner(app, 'update mail_connection set leased_until = now() where lease is not null');
    },
  };
}

async function run({ databaseUrl, key, data, stopAt, kinds }: MailProcessOptions): Promise<void> {
  process.stdin.on('close', () => process.exit(1)).resume(); // the test was ended before it could kill this
  let left = stopAt?.count ?? 0;
  const reach = async (step: MailStep) => {
    if (step !== stopAt?.step) return;
    left--;
    if (left > 0) return;
    console.log('reached');
    await sleep(3_600_000);
  };
  class StoppingDatabase extends Database {
    override async transaction<R>(...args: Parameters<typeof Database.prototype.transaction<R>>): Promise<R> {
      const result = await super.transaction(...args);
      await reach('committed');
      return result;
    }
  }
  const log = createLog('silent');
  const shared = { url: databaseUrl, connectionsMax: 4, statementTimeoutMs: 10_000, applicationName: 'mail-process' };
  const keyRing = openKeyRing(parseMasterKeys(key));
  const config = loadConfig([], { HOLDFAST_DATA: data, ALLOW_PRIVATE_NETWORKS: 'true' });
  const files = openFiles(config);
  const put = files.put.bind(files);
  files.put = async (...args) => {
    const stored = await put(...args);
    await reach('stored');
    return stored;
  };
  const outgoing = new Outgoing(new Database(shared), log);
  await outgoing.start();
  const db = new StoppingDatabase(shared);
  provideKeys(db, new DataKeys(keyRing, () => undefined));
  const services = { config, log, db, files, keyRing, outgoing } as Services;
  const wanted = mail.jobs(services).filter(({ kind }) => kinds?.includes(kind) ?? true);
  new Worker({ db, log, kinds: wanted, slots: 4 }).start();
}

if (import.meta.main) await run(JSON.parse(process.argv[2]!));
