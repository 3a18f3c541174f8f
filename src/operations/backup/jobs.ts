import { z } from 'zod';
import type { Config } from '../../kernel/config/config.ts';
import { sql } from '../../kernel/database/database.ts';
import type { FileStore } from '../../kernel/files/file-store.ts';
import { JobFailed, type JobKind, type JobRun, jobKind } from '../../kernel/jobs/kind.ts';
import { enqueue } from '../../kernel/jobs/queue.ts';
import type { Schedule } from '../../kernel/jobs/schedule.ts';
import type { Services } from '../../kernel/services.ts';
import { type Context, system_tenant_id, systemActor, withContext } from '../../kernel/tenancy/context.ts';
import { deriveKey, type MasterKeys } from '../../kernel/vault/master-key.ts';
import { noteRun, nothingDeleted } from '../lifecycle/delete-past.ts';
import { ownDatabase, takeBackup } from './backup.ts';
import { BackupStore, backupRing, hasBackupStore, openBackupFiles } from './backup-store.ts';
import { openOwnBackups } from './catalogue.ts';
import { followFiles } from './foreign/follow-files.ts';
import { recordMark } from './foreign/mark.ts';
import { gapText, openGaps, recordLogArchive } from './log-archive.ts';
import { takeLogicalBackup } from './logical/take.ts';
import type { BackupManifest } from './manifest.ts';
import { type Proof, type ProofOptions, proveBackup } from './prove.ts';
import { deleteOldBackups, deleteUnfinishedUploads } from './retention.ts';
import { readable } from './status.ts';
import { proveTime, whyNoTimeProof } from './time-proof.ts';
import { deleteUnneededFiles } from './unneeded-files.ts';
import { forgetSlot, WalShipper } from './wal.ts';

export const backup_kind = 'backup';

/** Restores how things were at a random second. */
export const proof_kind = 'backup-proof';

const night_hour = 3;
/** Until a proof is tried again that met a backup. */
const busy_minutes = 20;

/** Looks whether the log in the backup store is whole. */
export const log_kind = 'backup-log';
/** Somebody is woken first, and may do it. */
const backup_after_gap_ms = 15 * 60_000;

/** At night in Europe and America, and between as often as is wanted; the first at once. */
export const backupSchedules = (config: Config): Schedule[] => [
  {
    name: backup_kind,
    cron: `17 ${hoursOfDay(config.BACKUP_EVERY_HOURS)} * * *`,
    timeZone: 'UTC',
    per: 'installation',
    kind: backup_kind,
    payload: {},
    beginsAtOnce: true,
    idle: whyNoBackup(config),
  },
  {
    name: log_kind,
    cron: '*/15 * * * *',
    timeZone: 'UTC',
    per: 'installation',
    kind: log_kind,
    payload: {},
    idle: whyNoBackup(config),
  },
];

/** Each day at a second that the key says: installations begin at different times, and the processes of one agree. */
export function proofSchedules(config: Config, { keys }: MasterKeys): Schedule[] {
  const oldest = keys.get(Math.min(...keys.keys()))!;
  const second = deriveKey(oldest, 'second of the daily proof').export().readUInt32LE() % seconds_per_day;
  return [
    {
      name: proof_kind,
      cron: `${second % 60} ${Math.floor(second / 60) % 60} ${Math.floor(second / 3_600)} * * *`,
      timeZone: 'UTC',
      per: 'installation',
      kind: proof_kind,
      payload: {},
      idle: whyNoProof(config),
    },
  ];
}

const seconds_per_day = 86_400;

const whyNoBackup = (config: Config) => (hasBackupStore(config) ? undefined : 'There is no backup store');
const whyNoProof = (config: Config) => whyNoBackup(config) ?? whyNoTimeProof(config);

const hoursOfDay = (every: number): string =>
  Array.from({ length: 24 / every }, (_, place) => (night_hour + place * every) % 24)
    .sort((a, b) => a - b)
    .join(',');

interface Options {
  services: Pick<Services, 'config' | 'db' | 'files' | 'log'>;
  databaseUrl: string;
  masterKeys: MasterKeys;
  version: string;
  start: ProofOptions['start'];
}

/**
 * Makes a backup, proves it, and deletes old ones. Where there is no backup store it does nothing; `doctor` says so.
 */
export const backupJobs = (options: Options): JobKind[] => [
  jobKind({ kind: backup_kind, payload: z.object({}), concurrencyMax: 1, run: (run) => backUp(options, run) }),
  jobKind({ kind: log_kind, payload: z.object({}), concurrencyMax: 1, run: (run) => checkLog(options, run) }),
  jobKind({ kind: proof_kind, payload: z.object({}), concurrencyMax: 1, run: (run) => proveSecond(options, run) }),
];

/**
 * A gap is said by the page Health, doctor and an alert until a full backup follows it, which begins by itself unless
 * somebody makes one before. A store without any backup, such as one that an installation got later, gets its first.
 */
async function checkLog({ services: { config }, masterKeys }: Options, { log, transaction }: JobRun): Promise<void> {
  if (whyNoBackup(config)) return;
  const backups = await readable(openOwnBackups(config, masterKeys));
  if (!backups) return;
  try {
    // Of PostgreSQL at DATABASE_URL no log is sent to the backup store.
    const [gap] = config.DATABASE_URL ? [] : openGaps(await readable(recordLogArchive(backups, ownDatabase(config))));
    if (gap) {
      log.error({ kind: log_kind, gap }, gapText(gap));
      const options = { dedupeKey: 'backup after a gap', delayMs: backup_after_gap_ms };
      await transaction((ctx) => enqueue(ctx, backup_kind, {}, options));
    } else if ((await readable(backups.list('backup'))).length === 0) await transaction(enqueueFirst);
  } finally {
    backups.store.close();
  }
}

/** Unless one is being made, or waits. */
async function enqueueFirst(ctx: Context): Promise<void> {
  const [other] = await ctx.tx.many(sql`select from job where kind = ${backup_kind}
    and state in ('scheduled', 'ready', 'running') limit 1`);
  if (!other) await enqueue(ctx, backup_kind, {}, { dedupeKey: backup_kind });
}

/** Restores how things were at a random second. Logical backups have none but their own, which is no fault. */
async function proveSecond(
  { services, masterKeys, start }: Options,
  { log, signal, transaction }: JobRun,
): Promise<void> {
  const { config } = services;
  const say = (line: string) => log.info({ kind: proof_kind }, line);
  const why = whyNoProof(config);
  if (why) return say(`No random second is proven: ${why}`);
  // Both at once would take the room and the time of two copies.
  const busy = await transaction(async (ctx) => {
    const [running] = await ctx.tx.many(sql`select from job where kind = ${backup_kind} and state = 'running' limit 1`);
    if (running) await enqueue(ctx, proof_kind, {}, { dedupeKey: proof_kind, delayMs: busy_minutes * 60_000 });
    return running !== undefined;
  });
  if (busy) return say(`A backup is being made; the proof of a random second begins in ${busy_minutes} minutes`);
  const backups = await readable(openOwnBackups(config, masterKeys));
  if (!backups) return;
  try {
    // Before the first backup there is nothing to prove.
    if ((await backups.list('backup')).length === 0) return say('No random second is proven: there is no backup yet');
    const proof = await proveTime(backups, 'random', { config, masterKeys, start, say, waits: signal });
    if (!proof.passed)
      throw new JobFailed(`${proof.at}, from the backup ${proof.backup}, is not proven: ${failuresOf(proof)}`);
  } finally {
    backups.store.close();
  }
}

const failuresOf = ({ checks }: Proof) =>
  checks.flatMap(({ passed, name, detail }) => (passed ? [] : `${name}: ${detail}`)).join('; ');

async function backUp(
  { services, databaseUrl, masterKeys, version, start }: Options,
  { log, signal }: JobRun,
): Promise<void> {
  const { config, files } = services;
  const backups = await readable(openOwnBackups(config, masterKeys));
  if (!backups) return;
  try {
    const say = (line: string) => log.info({ kind: backup_kind }, line);
    const manifest = await backUpOwn({ config, databaseUrl, files, version, signal }, backups, say);
    signal.throwIfAborted();
    const proof = await proveBackup(backups, manifest, { config, masterKeys, start, say, waits: signal });
    // One that could not be restored takes no other's place.
    if (!proof.passed)
      throw new JobFailed(
        `${manifest.kind === 'mark' ? 'The moment' : 'The backup'} ${manifest.id} is not proven: ${failuresOf(proof)}`,
      );
    await deleteUnneeded(services, backups, say);
  } finally {
    backups.store.close();
  }
}

/**
 * The backup is made and proven; what cannot be deleted now is a matter of the page Lifecycle, and of the next backup.
 */
async function deleteUnneeded(
  { config, db }: Options['services'],
  backups: BackupStore,
  say: (line: string) => void,
): Promise<void> {
  const at = new Date();
  try {
    const old = await deleteOldBackups(backups, config.BACKUP_DAYS);
    // How long another tool keeps its backups is not known here, so neither is which files they lead to.
    const files = config.BACKUP_RESTORE_COMMAND
      ? nothingDeleted()
      : await deleteUnneededFiles(config.DATABASE_URL ?? ownDatabase(config)!, backups, at);
    const unfinished = await deleteUnfinishedUploads(backups);
    const rows = old.backups.length + old.pieces + old.leftovers + files.rows + unfinished;
    await noteRun(db, 'backups', at, { rows, bytes: files.bytes, longest_ms: 0 });
  } catch (error) {
    say(`Old backups, or files that none needs, could not be deleted: ${(error as Error).message}`);
    await noteRun(db, 'backups', at, nothingDeleted(), error);
  }
}

interface OwnSource {
  config: Config;
  databaseUrl: string;
  files: FileStore;
  version: string;
  signal?: AbortSignal;
}

/**
 * Of the database that runs here, its files and its log; of one at DATABASE_URL its rows. Where another tool backs that
 * up, only what it holds now is recorded, and the files are copied.
 */
export function backUpOwn(
  { config, databaseUrl, files, version, signal }: OwnSource,
  backups: BackupStore,
  say: (line: string) => void,
): Promise<BackupManifest> {
  if (config.DATABASE_URL) {
    const source = { ownerUrl: config.DATABASE_URL, databaseUrl, files, version, ...(signal && { signal }) };
    return config.BACKUP_RESTORE_COMMAND ? recordMark(source, backups, say) : takeLogicalBackup(source, backups, say);
  }
  return backUpCluster(ownDatabase(config)!, { files, version }, backups, say);
}

async function backUpCluster(
  superuserUrl: string,
  { files, version }: Pick<OwnSource, 'files' | 'version'>,
  backups: BackupStore,
  say: (line: string) => void,
): Promise<BackupManifest> {
  const manifest = await takeBackup({ superuserUrl, files, version }, backups, say);
  // It may end what a gap in the log takes away.
  await recordLogArchive(backups, superuserUrl);
  return manifest;
}

/**
 * Ships the log of changes to the backup store until stopped; without one it lets the server throw away what it kept
 * for that. Of PostgreSQL at DATABASE_URL no log is to be had; where another tool has it, the files follow.
 */
export function followLog({
  services: { config, db, files, log },
  masterKeys,
}: Pick<Options, 'services' | 'masterKeys'>): () => Promise<void> {
  if (config.DATABASE_URL)
    return config.BACKUP_RESTORE_COMMAND ? followFiles(config, { files, log }, masterKeys) : async () => {};
  if (!hasBackupStore(config)) {
    const url = ownDatabase(config);
    if (url)
      forgetSlot(url).catch((error: Error) => log.warn({ err: error }, 'the slot for backups could not be dropped'));
    return async () => {};
  }
  const ring = backupRing(masterKeys);
  let store: FileStore | undefined;
  const shipper = new WalShipper({
    url: () => ownDatabase(config),
    // Not before: a folder that cannot be opened is tried again, and keeps nobody from working.
    open: (installation) => {
      store ??= openBackupFiles(config)!;
      return new BackupStore(store, installation, ring);
    },
    backupNeeded: () =>
      withContext(
        db,
        systemActor(system_tenant_id),
        async (ctx) => void (await enqueue(ctx, backup_kind, {}, { dedupeKey: backup_kind })),
      ),
    files,
    log,
    config,
  });
  shipper.start();
  return async () => {
    await shipper.stop();
    store?.close();
  };
}
