import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../kernel/config/config.ts';
import { embeddedSuperuserUrl, StartFailure, stopEmbedded } from '../../kernel/database/embedded.ts';
import { migrate } from '../../kernel/database/migrate.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { diskSpace } from '../../kernel/files/disk-space.ts';
import { lockFolder } from '../../kernel/folder-lock.ts';
import { appRoleOf, asRole } from '../../kernel/installation.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { connect } from '../connection.ts';
import { ownDatabase } from './backup.ts';
import type { BackupStore } from './backup-store.ts';
import { checkSecrets } from './check-secrets.ts';
import { Checks, type Found } from './checks.ts';
import { awaitArchived } from './foreign/mark.ts';
import { foreignTool, restoreByTool, toolFor } from './foreign/tool.ts';
import { gapText, openGaps, recordLogArchive } from './log-archive.ts';
import { loadForProof, type ProofServer } from './logical/proof-database.ts';
import { type BackupManifest, type BaseManifest, ifDamaged, type MarkManifest } from './manifest.ts';
import type { Proof } from './proof.ts';
import { checkAudit, checkContent, checkFiles, checkIndexes, type IndexCheck, index_turns } from './prove-checks.ts';
import { restoredBytes } from './restore.ts';
import { restoreBackup } from './restore-backup.ts';

export type { Proof };

export interface ProofOptions {
  config: Config;
  masterKeys: MasterKeys;
  /** Starts the application. */
  start: (options: {
    config: Config;
    databaseUrl: string;
    masterKeys: MasterKeys;
  }) => Promise<{ address: string | undefined; stop: () => Promise<void> }>;
  say: (line: string) => void;
  /** Waits for the end of another proof, for as long as this is not aborted, rather than refuse. */
  waits?: AbortSignal;
}

/** The copy, the log that is applied to it, and what that makes of it. */
const room_factor = 1.5;
const ready_ms_max = 30_000;
const ready_poll_ms = 250;
const busy_poll_ms = 5_000;
/** Beside the installation itself the copy makes do with little. */
export const modestSettings = {
  shared_buffers: '128MB',
  work_mem: '32MB',
  maintenance_work_mem: '64MB',
  max_connections: '30',
  max_parallel_workers_per_gather: '0',
  fsync: 'off',
};

/** Of our own PostgreSQL, where what reads for a connection has its priority when it is the connection itself. */
const ownSettings = { ...modestSettings, io_method: 'sync' };

/**
 * Restores the moment that a backup recorded into a scratch server, looks whether all is there and sound, and keeps the
 * result beside the backup.
 */
export const proveBackup = (backups: BackupStore, manifest: BackupManifest, options: ProofOptions): Promise<Proof> =>
  withProofFolder(options, async (dir) => {
    const proof = await restoreAndCheck({ backups, manifest, target: 'recorded', dir }, options);
    await backups.putJson('proof', manifest.id, proof);
    return proof;
  });

/** One proof at a time: each needs the room of a copy. */
export async function withProofFolder<R>(
  { config, waits }: Pick<ProofOptions, 'config' | 'waits'>,
  work: (dir: string) => Promise<R>,
): Promise<R> {
  const parent = join(config.HOLDFAST_DATA, 'proof');
  await mkdir(parent, { recursive: true, mode: 0o700 });
  let lock = lockFolder(parent);
  for (; !lock && waits; lock = lockFolder(parent)) await sleep(busy_poll_ms, undefined, { signal: waits });
  if (!lock) throw problems.conflict('A backup is being proven already.');
  const dir = join(parent, 'data');
  try {
    await clear(dir);
    return await work(dir);
  } finally {
    await clear(dir);
    lock.release();
  }
}

/** Also what is left of a proof that was killed. */
async function clear(dir: string): Promise<void> {
  await stopEmbedded(dir, () => {});
  await rm(dir, { recursive: true, force: true });
}

/** A copy that fills the disk would stop what it is a copy of. */
export async function checkRoom(dir: string, bytes: number): Promise<void> {
  const { free_bytes } = await diskSpace(join(dir, '..'));
  if (free_bytes < bytes * room_factor)
    throw new Error(
      `The copy needs ${gigabytes(bytes * room_factor)} beside the data directory, and ${gigabytes(free_bytes)} are free`,
    );
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** What is restored: the moment that the backup recorded, or how things were at a second after it. */
export interface Restored {
  backups: BackupStore;
  manifest: BackupManifest;
  target: 'recorded' | Date;
  dir: string;
}

export async function restoreAndCheck(
  restored: Restored,
  options: ProofOptions,
  checks = new Checks(options.say),
): Promise<Proof> {
  const { backups, manifest, target, dir } = restored;
  const { masterKeys } = options;
  const began = new Date();
  let recovery_seconds = 0;
  let index_turn: number | undefined;
  const tool = foreignTool(options.config);
  if (manifest.kind === 'mark' && tool && target === 'recorded')
    await checks.run('log', async () => ({ detail: await awaitArchived(manifest, tool), result: undefined }));
  const server = await checks.run('restore', () => restoreBeside(restored, options));
  if (server) {
    try {
      // In the database that the operator has named, nobody is one.
      const superuserUrl = server.superuserUrl ?? embeddedSuperuserUrl(dir);
      const appRole = appRoleOf(server.ownerUrl, masterKeys);
      const databaseUrl = asRole(server.ownerUrl, appRole);
      await checks.run('application', async () => {
        // As a start after a restore does. What was recorded is compared as it was.
        if (target !== 'recorded') await migrate(server.ownerUrl, { appRole });
        return startsOn(options, { databaseUrl, dir });
      });
      // That the log arrives is waited for before anything is lost, not after.
      recovery_seconds = checks.all.reduce((sum, { name, seconds }) => sum + (name === 'log' ? 0 : seconds), 0);
      await Promise.all([
        checks.share('indexes', async (share) => {
          const turn = await nextIndexTurn(backups, target);
          const found = await checkIndexes(superuserUrl ?? server.ownerUrl, superuserUrl !== null, share, { turn });
          if (typeof turn === 'number') index_turn = turn;
          return found;
        }),
        checks.share('content', (share) =>
          contentCheck(target, () => checkContent(databaseUrl, server.ownerUrl, manifest, share)),
        ),
        checks.share('audit', (share) => checkAudit(server.ownerUrl, share)),
        checks.share('files', (share) => checkFiles(server.ownerUrl, restored, share)),
        checks.run('secrets', () => checkSecrets(server.ownerUrl, masterKeys)),
      ]);
    } finally {
      await server.stop();
    }
  }
  // That one moment can be had back says nothing of the log behind it.
  if (manifest.kind === 'base') await checks.run('archive', () => checkArchive(backups, options.config));
  return {
    backup: manifest.id,
    began_at: began.toISOString(),
    recovery_seconds: Math.round(recovery_seconds * 10) / 10,
    passed: checks.passed,
    ...(index_turn !== undefined && { index_turn }),
    checks: checks.all,
  };
}

/**
 * Which large indexes are looked at for every row: a part by each proof of a random second, which has no content to
 * compare. All, when the newest proof found one broken, so that the next cannot pass by looking elsewhere.
 */
export async function nextIndexTurn(backups: BackupStore, target: Restored['target']): Promise<IndexCheck['turn']> {
  const [ofBackup, ofSecond] = [await newestOf(backups, 'proof'), await newestOf(backups, 'time-proof')];
  // What a damaged one found is not known: it says nothing of the backup that is proven now.
  if (ofBackup === 'unreadable' || ofSecond === 'unreadable') return 'all';
  const [newest] = [ofBackup, ofSecond]
    .filter((one) => one !== undefined)
    .sort((a, b) => (a.began_at < b.began_at ? 1 : -1));
  if (newest?.checks.some(({ name, passed }) => name === 'indexes' && !passed)) return 'all';
  if (target === 'recorded') return 'none';
  return ofSecond?.index_turn === undefined ? 0 : (ofSecond.index_turn + 1) % index_turns;
}

async function newestOf(backups: BackupStore, kind: 'proof' | 'time-proof'): Promise<Proof | 'unreadable' | undefined> {
  const written = [...(await backups.listInfo(kind))].sort(
    ([, a], [, b]) => b.modifiedAt.getTime() - a.modifiedAt.getTime(),
  );
  return written[0] && ifDamaged(backups.getJson<Proof>(kind, written[0][0]), () => 'unreadable' as const);
}

async function checkArchive(backups: BackupStore, config: Config): Promise<Found<undefined>> {
  const { gaps, ranges } = await recordLogArchive(backups, ownDatabase(config));
  const [open] = openGaps({ gaps });
  if (open) throw new Error(gapText(open));
  const from = ranges.at(-1)?.from;
  const detail =
    gaps.length === 0
      ? 'No log is missing since the oldest backup'
      : `No log is missing since ${from}; before that, it is in ${gaps.length} places`;
  return { detail, result: undefined };
}

/** A scratch server, or for a logical backup the database that the operator has named. */
async function restoreBeside(
  { backups, manifest, target, dir }: Restored,
  { config, masterKeys }: ProofOptions,
): Promise<Found<ProofServer>> {
  const loaded = (rows: number) =>
    `Loaded ${rows.toLocaleString('en')} rows of the moment of ${manifest.at}, each table equal by hash`;
  if (manifest.kind === 'logical' && config.BACKUP_PROOF_DATABASE_URL) {
    const ownerUrl = config.BACKUP_PROOF_DATABASE_URL;
    const { server, rows } = await loadForProof(backups, manifest, { ownerUrl, masterKeys });
    return { detail: loaded(rows), result: server };
  }
  await checkRoom(dir, await restoredBytes(backups, manifest, target));
  if (manifest.kind === 'mark') {
    const to = { dir, target, settings: modestSettings, installation: backups.installation };
    const { server, command_seconds } = await restoreByTool(toolFor(config, manifest), manifest, to);
    const detail = `The restore command took ${command_seconds} s; ${lowerFirst(await reached(server, manifest, target))}`;
    return { detail, result: server };
  }
  const { server, rows } = await restoreBackup(backups, manifest, {
    dir,
    target,
    masterKeys,
    config,
    settings: ownSettings,
    say: () => {},
  }).catch((error: Error) => {
    if (manifest.kind === 'base' || !(error instanceof StartFailure)) throw error;
    throw new Error(`${error.message} For proofs an empty database will do: BACKUP_PROOF_DATABASE_URL.`, {
      cause: error,
    });
  });
  const detail = manifest.kind === 'logical' ? loaded(rows!) : await reached(server, manifest, target);
  return { detail, result: server };
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** PostgreSQL does not start when the log ends before the target; that it did not go beyond is asked of it. */
async function reached(
  server: ProofServer,
  manifest: BaseManifest | MarkManifest,
  target: 'recorded' | Date,
): Promise<string> {
  if (target === 'recorded') return `Applied the log up to ${manifest.at_lsn}, the moment of ${manifest.at}`;
  try {
    const client = await connect(server.ownerUrl, 'holdfast-proof');
    const { rows } = await client
      .query<{ last: Date | null }>('select pg_last_xact_replay_timestamp() as last')
      .finally(() => client.end());
    const { last } = rows[0]!;
    if (last && last > target)
      throw new Error(`The restore went beyond ${target.toISOString()}: it has a change of ${last.toISOString()}`);
    const change = last ? `the last change before that is of ${last.toISOString()}` : 'nothing changed between the two';
    return `Applied the log behind the backup ${manifest.id} up to ${target.toISOString()}; ${change}`;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

const contentCheck = (
  target: 'recorded' | Date,
  compare: () => Promise<Found<undefined>>,
): Promise<Found<undefined>> =>
  target === 'recorded'
    ? compare()
    : Promise.resolve({
        detail: 'Not compared: what the database held at that second was not recorded',
        result: undefined,
      });

/**
 * The application on a copy, with nothing of what it would do elsewhere: no mail, no alerts, no backups, no files of
 * the others.
 */
export async function startsOn(
  { config, masterKeys, start }: Omit<ProofOptions, 'say'>,
  copy: { databaseUrl: string; dir: string },
): Promise<Found<undefined>> {
  const own: Config = {
    ...config,
    HOLDFAST_DATA: copy.dir,
    HOLDFAST_ROLE: 'web',
    HOST: '127.0.0.1',
    PORT: 0,
    LOG_LEVEL: 'silent',
    ALERTS_EVERY_SECONDS: 0,
    METRICS_TOKEN: undefined,
    DATABASE_URL: undefined,
    BACKUP_DIR: undefined,
    BACKUP_S3_BUCKET: undefined,
    BACKUP_RESTORE_COMMAND: undefined,
    REDIS_URL: undefined,
    MONGODB_URL: undefined,
    SMTP_URL: undefined,
    S3_BUCKET: undefined,
    FILES_WARM_URL: undefined,
    FILES_COLD_URL: undefined,
  };
  const app = await start({ config: own, databaseUrl: copy.databaseUrl, masterKeys });
  try {
    // Beside an installation that works hard it may need more than one look.
    for (const late = Date.now() + ready_ms_max; ; await sleep(ready_poll_ms)) {
      const answer = await fetch(`${app.address}/api/health/ready`);
      if (answer.ok) return { detail: 'It starts and is ready', result: undefined };
      const said = await answer.text();
      if (Date.now() > late) throw new Error(`The application is not ready: ${said}`);
    }
  } finally {
    await app.stop();
  }
}
