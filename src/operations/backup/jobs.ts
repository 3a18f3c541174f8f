import { z } from 'zod';
import { JobFailed, type JobKind, type JobRun, jobKind } from '../../kernel/jobs/kind.ts';
import { enqueue } from '../../kernel/jobs/queue.ts';
import type { Schedule } from '../../kernel/jobs/schedule.ts';
import type { Services } from '../../kernel/services.ts';
import { system_tenant_id, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { ownDatabase, takeBackup } from './backup.ts';
import { BackupStore, backupRing, openBackupFiles } from './backup-store.ts';
import { type ProofOptions, proveBackup } from './prove.ts';
import { deleteOldBackups } from './retention.ts';
import { forgetSlot, identify, WalShipper } from './wal.ts';

export const backup_kind = 'backup';

/** At night in Europe and America; the first at once. */
export const backupSchedules: Schedule[] = [
  {
    name: backup_kind,
    cron: '17 3 * * *',
    timeZone: 'UTC',
    per: 'installation',
    kind: backup_kind,
    payload: {},
    beginsAtOnce: true,
  },
];

interface Options {
  services: Pick<Services, 'config' | 'db' | 'files' | 'log'>;
  databaseUrl: string;
  masterKeys: MasterKeys;
  version: string;
  start: ProofOptions['start'];
}

/** Makes a backup, proves it, and deletes old ones. Where there is no backup store, or another PostgreSQL, it does nothing; `doctor` says so. */
export const backupJobs = (options: Options): JobKind[] => [
  jobKind({ kind: backup_kind, payload: z.object({}), concurrencyMax: 1, run: (run) => backUp(options, run) }),
];

async function backUp(
  { services, databaseUrl, masterKeys, version, start }: Options,
  { log, signal }: JobRun,
): Promise<void> {
  const { config, files } = services;
  const superuserUrl = ownDatabase(config);
  const store = superuserUrl && openBackupFiles(config);
  if (!store) return;
  try {
    const { installation } = await identify(superuserUrl);
    const backups = new BackupStore(store, installation, backupRing(masterKeys));
    const say = (line: string) => log.info({ kind: backup_kind }, line);
    const source = { superuserUrl, databaseUrl, files, version };
    const manifest = await takeBackup(source, backups, say);
    signal.throwIfAborted();
    const proof = await proveBackup(backups, manifest, { config, masterKeys, start, say });
    // One that could not be restored takes no other's place.
    const failed = proof.checks.filter(({ passed }) => !passed);
    if (failed.length > 0)
      throw new JobFailed(
        `The backup ${manifest.id} is not proven: ${failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ')}`,
      );
    await deleteOldBackups(backups, config.BACKUP_DAYS);
  } finally {
    store.close();
  }
}

/** Ships the log of changes to the backup store until stopped; without one it lets the server throw away what it kept for that. */
export function followLog({
  services: { config, db, files, log },
  masterKeys,
}: Pick<Options, 'services' | 'masterKeys'>): () => Promise<void> {
  const store = openBackupFiles(config);
  if (!store) {
    const url = ownDatabase(config);
    if (url)
      forgetSlot(url).catch((error: Error) => log.warn({ err: error }, 'the slot for backups could not be dropped'));
    return async () => {};
  }
  const ring = backupRing(masterKeys);
  const shipper = new WalShipper({
    url: () => ownDatabase(config),
    open: (installation) => new BackupStore(store, installation, ring),
    backupNeeded: () =>
      withContext(
        db,
        systemActor(system_tenant_id),
        async (ctx) => void (await enqueue(ctx, backup_kind, {}, { dedupeKey: backup_kind })),
      ),
    files,
    log,
  });
  shipper.start();
  return async () => {
    await shipper.stop();
    store.close();
  };
}
