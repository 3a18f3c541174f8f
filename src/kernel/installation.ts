import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, ConfigError } from './config/config.ts';
import { connectEmbedded, StartFailure, startEmbeddedPostgres } from './database/embedded.ts';
import { type AppRole, migrate, migrationStatus, missingMigrations } from './database/migrate.ts';
import { extendPresetRoles } from './identity/tenant-setup.ts';
import {
  keyFile,
  recordKeys,
  refuseNewKeyForDatabase,
  refuseOtherKeyOfDatabase,
  refuseOtherKeyOfDirectory,
  refuseWithoutRole,
} from './installation-key.ts';
import { refuseHalfDatabase, refuseHalfDirectory, refuseOldPostgres } from './unfinished-restore.ts';
import { deriveKey, loadMasterKeys, type MasterKeys, makeKeyFile } from './vault/master-key.ts';

/** A running, migrated database, and the two ways to connect to it. */
export interface Installation {
  /** The address for the owner of the tables: for migrations and for making tenants. */
  ownerUrl: string;
  /** The address for the application's role. */
  databaseUrl: string;
  masterKeys: MasterKeys;
  /** Stops the database when it was started here. */
  stop(): Promise<void>;
}

/** How a database of a release before is brought up to date. */
export interface Upgrader {
  /** Called before the embedded database starts: looks after an upgrade that was killed. */
  resume(): Promise<void>;
  /** Migrates the embedded database, which does not run, with a way back. */
  embedded(masterKeys: MasterKeys): Promise<void>;
  /** Migrates another PostgreSQL, which others may use meanwhile. */
  external(ownerUrl: string, appRole: AppRole): Promise<void>;
}

interface Options {
  say: (line: string) => void;
  /** Connect to the server that runs on the data directory instead of starting one; for the command line. */
  join?: boolean;
  /** Leave the schema as it is. */
  migrate?: boolean;
  /**
   * Change nothing at all: for commands that only read. One that is not migrated, or belongs to another key, is
   * refused.
   */
  reads?: boolean;
  /** Take any key: for a copy that is given one of its own. */
  anyKey?: boolean;
  /** Without it a database is migrated, and nothing else. */
  upgrader?: Upgrader;
  /** Makes the record types known, which preset roles have rights to, where they are not loaded yet. */
  loadRecordTypes?: () => Promise<unknown>;
}

/**
 * Reads or makes the key, starts or connects to the database, and migrates it. Whoever comes with another key is
 * refused before anything is changed.
 */
export async function prepareInstallation(
  config: Config,
  { say, join = false, migrate: mayMigrate = true, reads = false, anyKey = false, upgrader, loadRecordTypes }: Options,
): Promise<Installation> {
  const wanted = mayMigrate && !reads;
  if (!config.DATABASE_URL) refuseHalfDirectory(config.HOLDFAST_DATA);
  // Who leaves the schema as it is may be asking why the database does not answer.
  else if (mayMigrate) {
    await refuseOldPostgres(config.DATABASE_URL);
    await refuseHalfDatabase(config.DATABASE_URL);
  }
  const masterKeys = await prepareKeys(config, { reads, anyKey });
  const running = config.DATABASE_URL ?? (join ? await connectEmbedded(config.HOLDFAST_DATA) : null);
  const settings = { max_connections: String(serverConnections(config)) };
  const start = () => startEmbeddedPostgres({ dataDir: config.HOLDFAST_DATA, log: say, settings });
  if (!running) await upgrader?.resume();
  let embedded = running ? undefined : await start();
  let ownerUrl = running ?? embedded!.ownerUrl;
  const appRole = appRoleOf(ownerUrl, masterKeys);
  const keyed = { ownerUrl, roleUrl: asRole(ownerUrl, appRole), masterKeys };
  try {
    if (!anyKey)
      await refuseOtherKeyOfDatabase(config, keyed).catch((error: unknown) => {
        // What a database has to say that does not answer is what a command without migration may be asked for.
        if (mayMigrate || error instanceof StartFailure) throw error;
      });
    if (mayMigrate && reads) {
      await refuseUnmigrated(ownerUrl, !config.DATABASE_URL && running !== null);
      await refuseWithoutRole(config, keyed);
    }
    if (wanted && upgrader && (await missingMigrations(ownerUrl)).length > 0) {
      if (config.DATABASE_URL) await upgrader.external(ownerUrl, appRole);
      if (!config.DATABASE_URL && running) throw new StartFailure(older_runs);
      if (embedded) {
        await embedded.stop();
        embedded = undefined;
        await upgrader.embedded(masterKeys);
        embedded = await start();
        ownerUrl = embedded.ownerUrl;
      }
    }
    if (wanted) {
      const names = await migrate(ownerUrl, { appRole });
      if (names.length > 0) say(`Migrated: ${names.join(', ')}`);
      // The server that was joined, or the start before, did so for the schema that it has.
      if (!join || names.length > 0) {
        await loadRecordTypes?.();
        await extendPresetRoles(ownerUrl);
      }
      if (!anyKey) await recordKeys(config, ownerUrl, masterKeys);
    }
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  return { ownerUrl, databaseUrl: asRole(ownerUrl, appRole), masterKeys, stop: async () => embedded?.stop() };
}

const older_runs =
  'The Holdfast that runs is of a version before this one. Stop it, then start this version or run: holdfast upgrade';

/** The keys; where there is none yet, and none was lost, it is made. */
async function prepareKeys(
  config: Config,
  { reads, anyKey }: { reads: boolean; anyKey: boolean },
): Promise<MasterKeys> {
  const { DATABASE_URL, HOLDFAST_DATA } = config;
  if (!anyKey) await refuseOtherKeyOfDirectory(config, () => readMasterKeys(config));
  if (config.HOLDFAST_KEY || existsSync(keyFile(config)) || reads) return readMasterKeys(config);
  if (DATABASE_URL && !anyKey) await refuseNewKeyForDatabase(config, DATABASE_URL, appRoleName(DATABASE_URL));
  await mkdir(HOLDFAST_DATA, { recursive: true, mode: 0o700 }).catch(({ message }: Error) => {
    throw new ConfigError([`HOLDFAST_DATA: ${message}. Choose a folder that can be written, here or with --data`]);
  });
  await makeKeyFile(keyFile(config)).catch(({ message }: Error) => {
    throw new ConfigError([`HOLDFAST_DATA: the key of the installation could not be written: ${message}`]);
  });
  return readMasterKeys(config);
}

async function refuseUnmigrated(ownerUrl: string, isBesideServer: boolean): Promise<void> {
  const missing = (await migrationStatus(ownerUrl)).filter(({ applied_at }) => !applied_at);
  if (missing.length === 0) return;
  if (isBesideServer) throw new StartFailure(older_runs);
  throw new StartFailure(
    `This database has not the schema of this version (${missing
      .map(({ name }) => name)
      .slice(0, names_max)
      .join(', ')}), and this command changes nothing. Start Holdfast on it first, or run: holdfast upgrade`,
  );
}

/** Of migrations, in a message. */
const names_max = 3;
const connections_min = 100;
/**
 * Connections of a process beside those for requests and jobs: a third more for long reads, and these for streams,
 * listeners, locks and credentials.
 */
const connections_beside = 14;
/** Connections for backups, the command line, and those that the server keeps back. */
const connections_of_others = 20;

/**
 * What the web server and its worker open at most, and some for others: whoever lets them have more gets a database
 * that lets them in.
 */
const serverConnections = ({ DATABASE_CONNECTIONS_MAX: each }: Config): number =>
  Math.max(connections_min, 2 * (Math.ceil((each * 4) / 3) + connections_beside) + connections_of_others);

/**
 * The login role of the application, one per database. Its password is derived from the oldest master key, so every
 * node knows it, before and after a key rotation. It changes only when that key is removed, which requires a restart of
 * every node.
 */
export function appRoleOf(ownerUrl: string, { keys }: MasterKeys): AppRole {
  const masterKey = keys.get(Math.min(...keys.keys()))!;
  const password = createHmac('sha256', deriveKey(masterKey, 'database role'))
    .update(databaseOf(ownerUrl))
    .digest('base64url');
  return { name: appRoleName(ownerUrl), password };
}

const databaseOf = (ownerUrl: string): string => new URL(ownerUrl).pathname.slice(1) || 'postgres';
const appRoleName = (ownerUrl: string): string => `holdfast_app_${databaseOf(ownerUrl)}`.slice(0, 63);

export function asRole(ownerUrl: string, role: AppRole): string {
  const url = new URL(ownerUrl);
  url.username = role.name;
  url.password = role.password;
  return url.href;
}

/** The keys from the settings; without them, those in the data directory. */
export function readMasterKeys(config: Config): Promise<MasterKeys> {
  const { HOLDFAST_KEY: value, HOLDFAST_KMS_KEY_ID: kmsKeyId } = config;
  return loadMasterKeys({ ...(value ? { value } : { file: keyFile(config) }), kmsKeyId });
}

export const addressFile = (config: Config): string => join(config.HOLDFAST_DATA, 'address');

/** Writes the address of this server into the data directory, for the links that the command line prints. */
export async function writeAddress(config: Config, address: string): Promise<void> {
  await writeFile(addressFile(config), `${address}\n`);
}

/** The address of the server: as configured, else where it last listened on this data directory. */
export async function readAddress(config: Config): Promise<string> {
  if (config.PUBLIC_URL) return new URL(config.PUBLIC_URL).origin;
  const written = await readFile(addressFile(config), 'utf8').catch(() => '');
  return written.trim() || `http://localhost:${config.PORT}`;
}

export { keyFile };
