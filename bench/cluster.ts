import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '../src/kernel/config/config.ts';
import { startEmbeddedPostgres } from '../src/kernel/database/embedded.ts';
import { type Installation, prepareInstallation } from '../src/kernel/installation.ts';

/** The embedded PostgreSQL of the benchmarks, with the settings it always has. */
export interface Cluster {
  /** For logs and other files of the run. */
  directory: string;
  /** The owner's address of a database of this cluster. */
  urlOf(database: string): string;
  /** Creates a database, empty or as a copy of another without connections. */
  create(database: string, template?: string): Promise<void>;
  /** Drops a database if it is there. */
  drop(database: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startCluster(directory: string): Promise<Cluster> {
  await mkdir(directory, { recursive: true });
  const { ownerUrl, stop } = await startEmbeddedPostgres({ dataDir: directory, log: () => {} });
  const urlOf = (database: string) => {
    const url = new URL(ownerUrl);
    url.pathname = `/${database}`;
    return url.href;
  };
  const run = (statement: string) =>
    withClient(urlOf('postgres'), async (client) => void (await client.query(statement)));
  return {
    directory,
    urlOf,
    create: (database, template = 'template1') =>
      run(`create database "${database}" template "${template}" strategy file_copy`),
    drop: (database) => run(`drop database if exists "${database}" with (force)`),
    stop,
  };
}

export async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}

/** The same in every run: the datasets that runs share hold the check value of their key. */
const masterKey = createHash('sha256').update('holdfast benchmarks').digest('base64url');

/** The environment of Holdfast: the defaults, but without limits that would stop the load. */
export function holdfastSettings(cluster: Cluster, databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    ALLOW_PLAINTEXT: 'true', // the database is reached over a socket
    ALLOW_PRIVATE_NETWORKS: 'true', // the mail server is on this machine
    HOLDFAST_KEY: masterKey,
    HOLDFAST_DATA: join(cluster.directory, 'holdfast'),
    PORT: '0',
    RATE_LIMIT_ADDRESS_PER_MINUTE: '100000000',
    RATE_LIMIT_CALLER_PER_MINUTE: '100000000',
  };
}

/** Migrates the database, and returns how the application connects to it. */
export function prepareHoldfast(cluster: Cluster, databaseUrl: string): Promise<Installation> {
  return prepareInstallation(loadConfig([], holdfastSettings(cluster, databaseUrl)), { say: () => {} });
}
