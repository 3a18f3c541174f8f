import type pg from 'pg';
import type { Config } from '../../kernel/config/config.ts';
import { embeddedSuperuserUrl, StartFailure, startEmbeddedPostgres } from '../../kernel/database/embedded.ts';
import { type AppRole, migrate, missingMigrations, schemaChecksum } from '../../kernel/database/migrate.ts';
import { schemaDrift, schemaDriftIn } from '../../kernel/database/schema.ts';
import { openFiles } from '../../kernel/files/create-file-store.ts';
import { diskSpace } from '../../kernel/files/disk-space.ts';
import { extendPresetRoles } from '../../kernel/identity/index.ts';
import { appRoleOf, asRole, type Upgrader } from '../../kernel/installation.ts';
import { createLog } from '../../kernel/logs/log.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { hasBackupStore } from '../backup/backup-store.ts';
import { openOwnBackups } from '../backup/catalogue.ts';
import { FileShipper } from '../backup/file-shipper.ts';
import { parseLsn } from '../backup/lsn.ts';
import { shipUntil } from '../backup/wal.ts';
import {
  type Application,
  Checks,
  checkMigrated,
  newDrift,
  readBefore,
  type Target,
  type UpgradeCheck,
  withClient,
} from './checks.ts';
import {
  copyCluster,
  copyDir,
  leftDir,
  putCopyBack,
  type RestorePoint,
  readState,
  removeUnfinishedCopy,
  resumeInterrupted,
  roomForCopy,
  writeState,
} from './way-back.ts';

export interface UpgradeReport {
  migrations: string[];
  /** How long the migration itself took, and the whole upgrade. */
  migration_seconds: number;
  seconds: number;
  restore_point: RestorePoint | null;
  checks: UpgradeCheck[];
}

export interface UpgradeOptions {
  config: Config;
  start: Application['start'];
  version: string;
  say: (line: string) => void;
  /** Try again what has failed with this version already. */
  again?: boolean;
  report?: (report: UpgradeReport) => void;
}

const round = (ms: number) => Math.round(ms / 100) / 10;
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** Brings databases of a version before up to date, when the program starts and by `holdfast upgrade`. */
export const createUpgrader = (options: UpgradeOptions): Upgrader => ({
  // Before the database starts: on a disk that the copy has filled it would not.
  resume: async () => {
    await removeUnfinishedCopy(options.config.HOLDFAST_DATA);
    await resumeInterrupted(options.config.HOLDFAST_DATA, options.say);
  },
  embedded: (masterKeys) => upgradeEmbedded(options, masterKeys),
  external: (ownerUrl, appRole) => upgradeExternal(options, ownerUrl, appRole),
});

/**
 * Nobody works on the database meanwhile, so a copy of its directory is the way back. It is migrated and checked; when
 * something fails, the copy takes its place, and what was migrated is kept aside.
 */
async function upgradeEmbedded(options: UpgradeOptions, masterKeys: MasterKeys): Promise<void> {
  const { config, version, say, again = false, report = () => {} } = options;
  const dataDir = config.HOLDFAST_DATA;
  const began = performance.now();
  const last = await readState(dataDir);
  const schema = schemaChecksum();
  if (last?.stage === 'failed' && last.schema === schema && !again) throw new StartFailure(failedText(last));
  const [needed, { free_bytes }] = [await roomForCopy(dataDir), await diskSpace(dataDir)];
  if (free_bytes < needed)
    throw new StartFailure(
      `An upgrade copies the database first, as the way back. That needs ${gigabytes(needed)}, and ${gigabytes(free_bytes)} are free at ${dataDir}. ` +
        'Make room, or start the version before. Nothing was changed.',
    );
  say(`Upgrading to ${version}: reading the database, then copying it, as the way back`);
  const application = { config, masterKeys, start: options.start };
  const withServer = async <R>(work: (target: Target) => Promise<R>, beforeStart?: () => Promise<void>): Promise<R> => {
    const server = await startEmbeddedPostgres({ dataDir, log: say, ...(beforeStart && { beforeStart }) });
    const { ownerUrl } = server;
    const databaseUrl = asRole(ownerUrl, appRoleOf(ownerUrl, masterKeys));
    return work({ ownerUrl, databaseUrl, superuserUrl: embeddedSuperuserUrl(dataDir)!, dir: dataDir }).finally(
      server.stop,
    );
  };
  const { before, migrations, restore_point } = await withServer(async (target) => ({
    before: await readBefore(target),
    migrations: await missingMigrations(target.ownerUrl),
    restore_point: await setRestorePoint(target.superuserUrl, config, masterKeys, say),
  }));
  const state = { schema, version, at: new Date().toISOString(), restore_point };
  const checks = new Checks(say);
  let migration_seconds = 0;
  let error: Error | undefined;
  await withServer(
    async (target) => {
      try {
        say(`Migrating: ${migrations.map(({ name }) => name).join(', ')}`);
        const from = performance.now();
        await migrate(target.ownerUrl, { appRole: appRoleOf(target.ownerUrl, masterKeys) });
        await extendPresetRoles(target.ownerUrl);
        migration_seconds = round(performance.now() - from);
        await checkMigrated(checks, target, { before, migrations, application });
      } catch (failure) {
        error = failure as Error;
      }
    },
    async () => {
      await copyCluster(dataDir);
      await writeState(dataDir, { ...state, stage: 'copied', reason: null });
    },
  );
  report({
    migrations: migrations.map(({ name }) => name),
    migration_seconds,
    seconds: round(performance.now() - began),
    restore_point,
    checks: checks.list,
  });
  const reason = error?.message ?? checks.failed.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  if (reason === '') {
    await writeState(dataDir, { ...state, stage: 'done', reason: null });
    say(
      `Upgraded to ${version} in ${round(performance.now() - began)} s, and checked: ${checks.list.map(({ name }) => name).join(', ')}. ` +
        `The database as it was is kept in ${copyDir(dataDir)}.`,
    );
    return;
  }
  const failed = await putCopyBack(dataDir, { ...state, reason });
  throw new StartFailure(
    `${failedText(failed)}\nWhat was migrated is kept for a look in ${leftDir(dataDir)}; delete it when nobody needs it.`,
  );
}

const failedText = ({ version, at, reason }: { version: string; at: string; reason: string | null }) =>
  `The upgrade to ${version} of ${at} failed: ${reason}\nThe database is as it was before it. Start the version before; or, when the cause is mended, try again: holdfast upgrade`;

/** Names the moment in the log of changes, and brings the backup store up to it, when there is one. */
async function setRestorePoint(
  superuserUrl: string,
  config: Config,
  masterKeys: MasterKeys,
  say: (line: string) => void,
): Promise<RestorePoint> {
  const point = await withClient(superuserUrl, async (client) => {
    const named = await nameMoment(client);
    // The server writes it out now rather than within its pause.
    await client.query('select pg_switch_wal()');
    return named;
  });
  if (!hasBackupStore(config)) return { ...point, shipped: null };
  try {
    await ship(superuserUrl, parseLsn(point.lsn), config, masterKeys);
    say(`The backup store has every change up to ${point.at} (${point.lsn})`);
    return { ...point, shipped: true };
  } catch (error) {
    // The copy is the way back. Only when the machine is lost too are the last changes missing.
    say(`The backup store has not got the last changes: ${(error as Error).message}`);
    return { ...point, shipped: false };
  }
}

async function nameMoment(client: pg.Client): Promise<Omit<RestorePoint, 'shipped'>> {
  const at = new Date().toISOString();
  const name = `holdfast upgrade ${at}`;
  const { rows } = await client.query<{ lsn: string }>('select pg_create_restore_point($1)::text as lsn', [name]);
  return { name, at, lsn: rows[0]!.lsn };
}

async function ship(superuserUrl: string, until: bigint, config: Config, masterKeys: MasterKeys): Promise<void> {
  const backups = (await openOwnBackups(config, masterKeys))!;
  const store = openFiles(config);
  const files = new FileShipper({ url: superuserUrl, store, backups, log: createLog('silent') });
  try {
    await shipUntil(backups, superuserUrl, until, () => files.ship());
  } finally {
    await files.close();
    store.close();
    backups.store.close();
  }
}

const insufficient_privilege = '42501';

/**
 * Others may work on it, and it is backed up elsewhere. So it is checked inside the transaction of the migration: a
 * schema that is not as this version needs it never becomes visible, and going back is a rollback.
 */
async function upgradeExternal(
  { version, say, report = () => {} }: UpgradeOptions,
  ownerUrl: string,
  appRole: AppRole,
): Promise<void> {
  const began = performance.now();
  const migrations = await missingMigrations(ownerUrl);
  const restore_point = await withClient(ownerUrl, nameMoment).catch((error: Error & { code?: string }) => {
    if (error.code !== insufficient_privilege) throw error;
    say(
      `No restore point is set, because the role may not (grant execute on function pg_create_restore_point(text)). It is ${new Date().toISOString()}.`,
    );
    return null;
  });
  if (restore_point) say(`Restore point: ${restore_point.name} (${restore_point.lsn})`);
  const before = await schemaDrift(ownerUrl);
  const checks = new Checks(() => {});
  const applied = await migrate(ownerUrl, {
    appRole,
    observer: {
      begin: async () => void checks.list.splice(0),
      applied: async () => {},
      beforeCommit: async (client) => {
        await checks.run('schema', async () => {
          const faults = newDrift(before, await schemaDriftIn(client));
          if (faults.length > 0) throw new Error(faults.join(', '));
          return 'As this version needs it, before it was committed';
        });
        if (checks.failed[0]) throw new Error(`schema: ${checks.failed[0].detail}`);
      },
      committed: () => {},
    },
  }).catch((error: Error) => {
    throw new StartFailure(
      `The upgrade to ${version} failed: ${error.message}\nThe database is as it was before it. The version before goes on.`,
    );
  });
  const seconds = round(performance.now() - began);
  report({
    migrations: migrations.map(({ name }) => name),
    migration_seconds: seconds,
    seconds,
    restore_point: restore_point && { ...restore_point, shipped: null },
    checks: checks.list,
  });
  if (applied.length > 0) say(`Migrated: ${applied.join(', ')}`);
}
