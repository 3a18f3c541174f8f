import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config/config.ts';
import { connectEmbedded, startEmbeddedPostgres } from './database/embedded.ts';
import { type AppRole, migrate } from './database/migrate.ts';
import { deriveKey, loadMasterKeys, type MasterKeys } from './vault/master-key.ts';

/** A database that is there, migrated, and the two ways to reach it. */
export interface Installation {
  /** As the owner: for migrations and for making tenants. */
  ownerUrl: string;
  /** As the application's role. */
  databaseUrl: string;
  masterKeys: MasterKeys;
  /** Stops the database when it was started here. */
  stop(): Promise<void>;
}

interface Options {
  say: (line: string) => void;
  /** Connect to the server that runs on the data directory instead of starting one; for the command line. */
  join?: boolean;
  /** Leave the schema as it is. */
  migrate?: boolean;
}

/** Reads or makes the key, starts or reaches the database, and brings its schema up to date. */
export async function prepareInstallation(
  config: Config,
  { say, join = false, migrate: wanted = true }: Options,
): Promise<Installation> {
  await mkdir(config.HOLDFAST_DATA, { recursive: true, mode: 0o700 });
  await makeMasterKey(config);
  const masterKeys = await readMasterKeys(config);
  const running = config.DATABASE_URL ?? (join ? await connectEmbedded(config.HOLDFAST_DATA) : null);
  const embedded = running ? undefined : await startEmbeddedPostgres({ dataDir: config.HOLDFAST_DATA, log: say });
  const ownerUrl = running ?? embedded!.ownerUrl;
  const appRole = appRoleOf(ownerUrl, masterKeys);
  try {
    if (wanted) {
      const names = await migrate(ownerUrl, { appRole });
      if (names.length > 0) say(`Migrated: ${names.join(', ')}`);
    }
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
  return { ownerUrl, databaseUrl: asRole(ownerUrl, appRole), masterKeys, stop: async () => embedded?.stop() };
}

/**
 * The login role of the application, one per database; its password comes from the oldest master key, so every node knows it, before
 * and after another key writes. Only taking that key away changes it, and takes a start of every node.
 */
export function appRoleOf(ownerUrl: string, { keys }: MasterKeys): AppRole {
  const masterKey = keys.get(Math.min(...keys.keys()))!;
  const database = new URL(ownerUrl).pathname.slice(1) || 'postgres';
  const password = createHmac('sha256', deriveKey(masterKey, 'database role')).update(database).digest('base64url');
  return { name: `holdfast_app_${database}`.slice(0, 63), password };
}

function asRole(ownerUrl: string, role: AppRole): string {
  const url = new URL(ownerUrl);
  url.username = role.name;
  url.password = role.password;
  return url.href;
}

/** The keys from the settings; an installation of its own has them in the data directory. */
export function readMasterKeys(config: Config): Promise<MasterKeys> {
  return loadMasterKeys(config.HOLDFAST_KEY ? { value: config.HOLDFAST_KEY } : { file: keyFile(config) });
}

const addressFile = (config: Config): string => join(config.HOLDFAST_DATA, 'address');

/** Leaves the address of this server in the data directory, for the links that the command line prints. */
export async function writeAddress(config: Config, address: string): Promise<void> {
  await writeFile(addressFile(config), `${address}\n`);
}

/** Where people reach the server: as configured, else where it last listened on this data directory. */
export async function readAddress(config: Config): Promise<string> {
  if (config.PUBLIC_URL) return config.PUBLIC_URL;
  const written = await readFile(addressFile(config), 'utf8').catch(() => '');
  return written.trim() || `http://localhost:${config.PORT}`;
}

const keyFile = (config: Config): string => join(config.HOLDFAST_DATA, 'master.key');

/** Makes the key of an installation of its own, once. */
async function makeMasterKey(config: Config): Promise<void> {
  if (config.HOLDFAST_KEY || existsSync(keyFile(config))) return;
  await writeFile(keyFile(config), `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
}
