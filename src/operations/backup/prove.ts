import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../kernel/config/config.ts';
import { lockDataDir } from '../../kernel/database/embedded/lock.ts';
import { stopLeftovers } from '../../kernel/database/embedded/processes.ts';
import { embeddedSuperuserUrl, StartFailure } from '../../kernel/database/embedded.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { diskSpace } from '../../kernel/files/disk-space.ts';
import { appRoleOf, asRole } from '../../kernel/installation.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import type { BackupStore } from './backup-store.ts';
import { type Check, Checks, type Found } from './checks.ts';
import { awaitArchived } from './foreign/mark.ts';
import { foreignTool, restoreByTool, toolFor } from './foreign/tool.ts';
import { loadForProof, type ProofServer } from './logical/proof-database.ts';
import type { BackupManifest } from './manifest.ts';
import { checkAudit, checkContent, checkFiles, checkIndexes } from './prove-checks.ts';
import { restoreBackup } from './restore-backup.ts';

export interface Proof {
  backup: string;
  began_at: string;
  /** How long it takes from the decision to restore until the application answers. */
  recovery_seconds: number;
  passed: boolean;
  checks: Check[];
}

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
}

/** The copy, the log that is applied to it, and what that makes of it. */
const room_factor = 1.5;
const ready_ms_max = 30_000;
const ready_poll_ms = 250;
/** Beside the installation itself the copy makes do with little. */
export const modestSettings = {
  shared_buffers: '128MB',
  work_mem: '32MB',
  maintenance_work_mem: '64MB',
  max_connections: '30',
  fsync: 'off',
};

/** Restores the moment that a backup recorded into a scratch server, looks whether all is there and sound, and keeps the result beside the backup. */
export async function proveBackup(
  backups: BackupStore,
  manifest: BackupManifest,
  options: ProofOptions,
): Promise<Proof> {
  const parent = join(options.config.HOLDFAST_DATA, 'proof');
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const lock = lockDataDir(parent);
  if (!lock) throw problems.conflict('A backup is being proven already.');
  const dir = join(parent, 'data');
  try {
    await clear(dir);
    const proof = await restoreAndCheck(backups, manifest, dir, options);
    await backups.putJson('proof', manifest.id, proof);
    return proof;
  } finally {
    await clear(dir);
    lock.release();
  }
}

/** Also what is left of a proof that was killed. */
async function clear(dir: string): Promise<void> {
  const cluster = join(dir, 'postgres');
  if (existsSync(cluster)) await stopLeftovers(cluster, () => {});
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

async function restoreAndCheck(
  backups: BackupStore,
  manifest: BackupManifest,
  dir: string,
  options: ProofOptions,
): Promise<Proof> {
  const { masterKeys, say } = options;
  const began = new Date();
  const checks = new Checks(say);
  let recovery_seconds = 0;
  const tool = foreignTool(options.config);
  if (manifest.kind === 'mark' && tool)
    await checks.run('log', async () => ({ detail: await awaitArchived(manifest, tool), result: undefined }));
  const server = await checks.run('restore', () => restoreBeside(backups, manifest, dir, options));
  if (server) {
    try {
      // In the database that the operator has named, nobody is one.
      const superuserUrl = server.superuserUrl ?? embeddedSuperuserUrl(dir);
      const databaseUrl = asRole(server.ownerUrl, appRoleOf(server.ownerUrl, masterKeys));
      await checks.run('application', () => startsOn(options, { databaseUrl, dir }));
      // That the log arrives is waited for before anything is lost, not after.
      recovery_seconds = checks.all.reduce((sum, { name, seconds }) => sum + (name === 'log' ? 0 : seconds), 0);
      await Promise.all([
        checks.share('indexes', (share) => checkIndexes(superuserUrl ?? server.ownerUrl, superuserUrl !== null, share)),
        checks.share('content', (share) => checkContent(databaseUrl, server.ownerUrl, manifest, share)),
        checks.share('audit', (share) => checkAudit(server.ownerUrl, share)),
        checks.share('files', (share) => checkFiles(server.ownerUrl, backups, share)),
      ]);
    } finally {
      await server.stop();
    }
  }
  return {
    backup: manifest.id,
    began_at: began.toISOString(),
    recovery_seconds: Math.round(recovery_seconds * 10) / 10,
    passed: checks.passed,
    checks: checks.all,
  };
}

/** A scratch server, or for a logical backup the database that the operator has named. */
async function restoreBeside(
  backups: BackupStore,
  manifest: BackupManifest,
  dir: string,
  { config, masterKeys }: ProofOptions,
): Promise<Found<ProofServer>> {
  const loaded = (rows: number) =>
    `Loaded ${rows.toLocaleString('en')} rows of the moment of ${manifest.at}, each table equal by hash`;
  if (manifest.kind === 'logical' && config.BACKUP_PROOF_DATABASE_URL) {
    const ownerUrl = config.BACKUP_PROOF_DATABASE_URL;
    const { server, rows } = await loadForProof(backups, manifest, { ownerUrl, masterKeys });
    return { detail: loaded(rows), result: server };
  }
  await checkRoom(dir, manifest.cluster_bytes);
  if (manifest.kind === 'mark') {
    const to = { dir, target: 'recorded', settings: modestSettings, installation: backups.installation } as const;
    const { server, command_seconds } = await restoreByTool(toolFor(config, manifest), manifest, to);
    const detail = `The restore command took ${command_seconds} s; applied the log up to ${manifest.at_lsn}, the moment of ${manifest.at}`;
    return { detail, result: server };
  }
  const { server, rows } = await restoreBackup(backups, manifest, {
    dir,
    target: 'recorded',
    masterKeys,
    config,
    settings: modestSettings,
    say: () => {},
  }).catch((error: Error) => {
    if (manifest.kind === 'base' || !(error instanceof StartFailure)) throw error;
    throw new Error(`${error.message} For proofs an empty database will do: BACKUP_PROOF_DATABASE_URL.`, {
      cause: error,
    });
  });
  const detail =
    manifest.kind === 'base' ? `Applied the log up to ${manifest.at_lsn}, the moment of ${manifest.at}` : loaded(rows!);
  return { detail, result: server };
}

/** The application on a copy, with nothing of what it would do elsewhere: no mail, no alerts, no backups, no files of the others. */
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
