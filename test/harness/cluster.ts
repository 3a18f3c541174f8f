import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { makeAppRole, migrate, schemaChecksum } from '../../src/kernel/database/migrate.ts';
import { appRoleOf } from '../../src/kernel/installation.ts';
import { parseMasterKeys } from '../../src/kernel/vault/master-key.ts';

const template_lock_id = 7_041_777;

export interface TestDatabase {
  ownerUrl: string;
  /** The address with the application's role, under row-level security. */
  appUrl: string;
  drop(): Promise<void>;
}

function clusterUrl(): URL {
  const value = process.env.HOLDFAST_TEST_DATABASE_URL;
  if (value === undefined) throw new Error('Run tests with `npm run test:some -- <files>`: they need its PostgreSQL');
  return new URL(value);
}

function databaseUrl(name: string): URL {
  const url = clusterUrl();
  url.pathname = `/${name}`;
  return url;
}

/** Derived from the cluster, so that the processes of a run agree on it. */
function appRole(): { name: string; password: string } {
  const password = createHash('sha256').update(clusterUrl().href).digest('base64url');
  return { name: 'holdfast_test_app', password };
}

/** The key of the installations whose database is one of these, for whoever starts processes and commands on it. */
export const testKey = (): string => createHash('sha256').update(`key ${clusterUrl().href}`).digest('base64url');

async function onCluster<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: clusterUrl().href });
  await client.connect();
  return work(client).finally(() => client.end());
}

/** One migrated database per state of migrations and routines, made by the first test file that needs it. */
async function ensureTemplate(client: pg.Client): Promise<string> {
  const name = `holdfast_template_${schemaChecksum().slice(0, 12)}`;
  await client.query('select pg_advisory_lock($1)', [template_lock_id]);
  try {
    const found = await client.query('select from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) {
      await client.query(`drop database if exists ${name}_unfinished with (force)`);
      await client.query(`create database ${name}_unfinished`);
      await migrate(databaseUrl(`${name}_unfinished`).href, { appRole: appRole() });
      await client.query(`alter database ${name}_unfinished rename to ${name}`);
    }
  } finally {
    await client.query('select pg_advisory_unlock($1)', [template_lock_id]);
  }
  return name;
}

/**
 * What PostgreSQL counts of a database outlives it, and too much of it would push out what other tests compare. Only
 * the cluster of a run lets its owner do so.
 */
async function forgetStatements(client: pg.Client, database: string): Promise<void> {
  const may = await client.query(
    `select from pg_proc where proname = 'pg_stat_statements_reset' and has_function_privilege(oid, 'execute')`,
  );
  if (may.rowCount)
    await client.query('select pg_stat_statements_reset(0, oid, 0) from pg_database where datname = $1', [database]);
}

/** A new database for a test file, cloned from the migrated template. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `holdfast_test_${randomUUID().replaceAll('-', '')}`;
  await onCluster(async (client) => {
    const template = await ensureTemplate(client);
    // Copying files takes half the processor time of copying page by page through the log.
    await client.query(`create database ${name} template ${template} strategy file_copy`);
    // Privileges on a database are not cloned with it; these are the migrator's.
    await client.query(`revoke connect, temporary on database ${name} from public;
      grant connect on database ${name} to ${appRole().name}; grant temporary on database ${name} to holdfast_system`);
  });
  await makeAppRole(databaseUrl(name).href, appRoleOf(databaseUrl(name).href, parseMasterKeys(testKey())));
  const appUrl = databaseUrl(name);
  appUrl.username = appRole().name;
  appUrl.password = appRole().password;
  return {
    ownerUrl: databaseUrl(name).href,
    appUrl: appUrl.href,
    drop: () =>
      onCluster(async (client) => {
        await forgetStatements(client, name);
        await client.query(`drop database ${name} with (force)`);
      }),
  };
}
