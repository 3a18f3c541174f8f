import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import type { Config } from './config/config.ts';
import { withClient } from './database/client.ts';
import { clusterDir, embeddedSuperuserUrl, StartFailure } from './database/embedded.ts';
import { findKeyMismatch, type KeyChecks, keyChecksOf } from './vault/key-check.ts';
import type { MasterKeys } from './vault/master-key.ts';

/**
 * An installation keeps check values of its keys: in its database, and beside an embedded one in the data directory
 * too, where they are read before the database starts. Whoever comes with another key would take the password of the
 * application's role away from those who run, and seal backups that nobody can open.
 */

type KeyedConfig = Pick<Config, 'DATABASE_URL' | 'HOLDFAST_DATA' | 'HOLDFAST_KEY'>;

const application_name = 'holdfast-key';
const connect_ms_max = 5_000;
const invalid_password = '28P01';

export const keyFile = (config: Pick<Config, 'HOLDFAST_DATA'>): string => join(config.HOLDFAST_DATA, 'master.key');
const checkFile = ({ HOLDFAST_DATA }: Pick<Config, 'HOLDFAST_DATA'>): string => join(HOLDFAST_DATA, 'key-check.json');
const fileShape = z.record(z.coerce.number<string>().int().positive(), z.string());

async function readCheckFile(config: KeyedConfig): Promise<KeyChecks> {
  const text = await readFile(checkFile(config), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '{}';
  });
  return new Map(Object.entries(fileShape.parse(JSON.parse(text))).map(([version, check]) => [Number(version), check]));
}

async function readChecks(client: pg.Client): Promise<KeyChecks> {
  const { rows: known } = await client.query<{ known: boolean }>(
    `select to_regclass('app.key_check') is not null as known`,
  );
  if (!known[0]!.known) return new Map();
  const { rows } = await client.query<{ version: number; value: string }>('select version, value from app.key_check');
  return new Map(rows.map(({ version, value }) => [version, value]));
}

const databaseName = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';

function otherKeyFailure(config: KeyedConfig, found: string): StartFailure {
  const where = config.DATABASE_URL
    ? `the database ${databaseName(config.DATABASE_URL)} at ${new URL(config.DATABASE_URL).hostname}`
    : `the installation in ${resolve(config.HOLDFAST_DATA)}`;
  const [source, advice] = config.HOLDFAST_KEY
    ? [
        'HOLDFAST_KEY',
        existsSync(keyFile(config))
          ? `Unset HOLDFAST_KEY: then ${resolve(keyFile(config))} is used.`
          : 'Set HOLDFAST_KEY to the key of this installation, or name the database or data directory that it belongs to.',
      ]
    : [resolve(keyFile(config)), 'Put the key of this installation there, from where you keep it safe.'];
  return new StartFailure(
    `The key in ${source} is not the key of ${where}: ${found}. Nothing was changed. ${advice} A new key goes in front of the old ones and has a number of its own (docs/operating/keys.md).`,
  );
}

/**
 * Throws where the data directory belongs to another key, or has lost its own. To be called before a key is made and
 * before the database starts.
 */
export async function refuseOtherKeyOfDirectory(
  config: KeyedConfig,
  readKeys: () => Promise<MasterKeys>,
): Promise<void> {
  if (config.DATABASE_URL) return;
  if (!config.HOLDFAST_KEY && !existsSync(keyFile(config))) return refuseLostKey(config);
  const mismatch = findKeyMismatch(await readCheckFile(config), await readKeys());
  if (mismatch) throw otherKeyFailure(config, mismatch);
}

function refuseLostKey(config: KeyedConfig): void {
  if (!existsSync(clusterDir(config.HOLDFAST_DATA))) return;
  throw new StartFailure(
    `The key of the installation in ${resolve(config.HOLDFAST_DATA)} is missing. Put it to ${resolve(keyFile(config))}, from where you keep it safe, or set HOLDFAST_KEY. ` +
      'A new one would open nothing that is sealed there, and is not made. Nothing was changed.',
  );
}

/** What tells whether a database belongs to a key. */
interface FoundKey {
  checks: KeyChecks;
  /** Whether the application's role is there, which was given a password by a key. */
  hasRole: boolean;
  /** A pseudonymised copy that has not run yet. Nothing is sealed in it, and its first start may give it any key. */
  isNewCopy: boolean;
}

function findKey(ownerUrl: string, roleName: string): Promise<FoundKey> {
  return withPatience(ownerUrl, async (client) => {
    const checks = await readChecks(client);
    const { rows } = await client.query<{ login: boolean; known: boolean }>(
      `select exists (select from pg_roles where rolname = $1 and rolcanlogin) as login,
         to_regclass('public.pseudonymised_copy') is not null as known`,
      [roleName],
    );
    const { login, known } = rows[0]!;
    return { checks, hasRole: login, isNewCopy: checks.size === 0 && known && (await holdsCopy(client)) };
  });
}

async function holdsCopy(client: pg.Client): Promise<boolean> {
  await client.query('begin read only; set local role holdfast_system');
  const { rowCount } = await client.query('select from public.pseudonymised_copy');
  await client.query('rollback');
  return rowCount === 1;
}

async function withPatience<R>(connectionString: string, work: (client: pg.Client) => Promise<R>): Promise<R> {
  const patience = { connectionTimeoutMillis: connect_ms_max, query_timeout: connect_ms_max };
  const client = new pg.Client({ connectionString, application_name, ...patience });
  client.on('error', () => {});
  await client.connect();
  return work(client).finally(() => client.end());
}

/** Whether a role has another password. That it cannot sign in for another reason says nothing about it. */
const hasOtherPassword = (roleUrl: string): Promise<boolean> =>
  withPatience(roleUrl, async () => false).catch((error: { code?: string }) => error.code === invalid_password);

/** Throws where a key would be made for a database that has one already. */
export async function refuseNewKeyForDatabase(config: KeyedConfig, ownerUrl: string, roleName: string): Promise<void> {
  const { checks, hasRole, isNewCopy } = await findKey(ownerUrl, roleName);
  if (checks.size > 0 || (hasRole && !isNewCopy))
    throw otherKeyFailure(config, 'there is none, and a new one would open nothing that is sealed in the database');
}

interface Keyed {
  ownerUrl: string;
  /** The address for the application's role, with the password that the key gives it. */
  roleUrl: string;
  masterKeys: MasterKeys;
}

/**
 * Throws where the database belongs to another key. One of a version that recorded no check values tells by the
 * password of the application's role, which is derived from the key.
 */
export async function refuseOtherKeyOfDatabase(
  config: KeyedConfig,
  { ownerUrl, roleUrl, masterKeys }: Keyed,
): Promise<void> {
  const { checks, hasRole, isNewCopy } = await findKey(ownerUrl, new URL(roleUrl).username);
  const mismatch = findKeyMismatch(checks, masterKeys);
  if (mismatch) throw otherKeyFailure(config, mismatch);
  if (checks.size === 0 && hasRole && !isNewCopy && (await hasOtherPassword(roleUrl)))
    throw otherKeyFailure(config, 'the password of the application’s role in the database was made with another one');
}

/**
 * Throws, for a command that changes nothing, where the application's role is not there, or does not have the password
 * that a key gives it.
 */
export async function refuseWithoutRole(config: KeyedConfig, { ownerUrl, roleUrl }: Keyed): Promise<void> {
  const { hasRole, isNewCopy } = await findKey(ownerUrl, new URL(roleUrl).username);
  const isWrong = hasRole && (await hasOtherPassword(roleUrl));
  if (!hasRole || (isWrong && isNewCopy))
    throw new StartFailure(
      'Holdfast has not run on this database yet, and this command changes nothing. Start it there first: npm start',
    );
  if (isWrong)
    throw otherKeyFailure(
      config,
      'the password of the application’s role in the database was made with one that is not in it',
    );
}

/** Records the check values of new keys, once it is sure that those of before are the same. */
export async function recordKeys(config: KeyedConfig, ownerUrl: string, masterKeys: MasterKeys): Promise<void> {
  const given = keyChecksOf(masterKeys);
  const recorded = await withClient(ownerUrl, application_name, async (client) => {
    const before = findKeyMismatch(await readChecks(client), masterKeys);
    if (before) throw otherKeyFailure(config, before);
    for (const [version, value] of given)
      await client.query('insert into app.key_check (version, value) values ($1, $2) on conflict do nothing', [
        version,
        value,
      ]);
    return readChecks(client);
  });
  // Another process that began at the same time may have been first.
  const mismatch = findKeyMismatch(recorded, masterKeys);
  if (mismatch) throw otherKeyFailure(config, mismatch);
  if (!config.DATABASE_URL) await writeCheckFile(config, recorded);
}

/** The same while the program runs; a process that does not know the owner of the database leaves it to others. */
export async function recordNewKeys(config: KeyedConfig, masterKeys: MasterKeys): Promise<void> {
  const ownerUrl = config.DATABASE_URL ?? embeddedSuperuserUrl(config.HOLDFAST_DATA);
  if (ownerUrl) await recordKeys(config, ownerUrl, masterKeys);
}

async function writeCheckFile(config: KeyedConfig, checks: KeyChecks): Promise<void> {
  const text = `${JSON.stringify(Object.fromEntries(checks))}\n`;
  const file = checkFile(config);
  if ((await readFile(file, 'utf8').catch(() => '')) === text) return;
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, text, { mode: 0o600, flush: true });
  await rename(unfinished, file);
}

/**
 * Lets a pseudonymised copy of a data directory begin with a key of its own; those in its database are deleted with
 * what is replaced there.
 */
export const forgetKeysOfDirectory = (config: KeyedConfig): Promise<void> => rm(checkFile(config), { force: true });
