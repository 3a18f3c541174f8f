import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Account } from './account.ts';
import { lastWordsOf } from './last-words.ts';
import { serverSettings } from './settings.ts';
import { DiskFull, RefusesAll, StartFailure } from './start-failure.ts';

export const superuser = 'postgres';
export const owner = 'holdfast_owner';
export const database = 'holdfast';

const poll_ms = 20;
const connect_seconds_max = 5;
/** Recovery after a crash replays up to max_wal_size. */
const start_seconds_max = 600;
/** A server that is up and refuses for so long, with a reason that does not pass, will go on to. */
const refusal_ms_max = 5_000;
const stop_seconds_max = 60; // per signal, of which there are three
const error_chunks_max = 50;

/** A PostgreSQL data directory, and what is needed to run it. */
export interface Cluster {
  directory: string;
  socketDir: string;
  binaries: string;
  account: Account | undefined;
  password: string;
  settings: Record<string, string>;
  startSecondsMax?: number | undefined;
}

export function url(role: string, password: string, socketDir: string, name: string): string {
  // Port and sslmode are explicit, because otherwise PGPORT and PGSSLMODE of the environment would apply.
  return `postgresql://${role}:${password}@${encodeURIComponent(socketDir)}:5432/${name}?sslmode=disable`;
}

/**
 * Under root, the database account often cannot reach the data directory by its path (a checkout in /root). It need
 * not: Linux resolves this name to the working directory of the process without looking at the parents.
 */
function dataArgument(cluster: Cluster, directory: string): string {
  return cluster.account !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : directory;
}

function launch(cluster: Cluster, directory: string, program: string, args: string[]): ChildProcess {
  const child = spawn(join(cluster.binaries, program), ['-D', dataArgument(cluster, directory), ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // a Ctrl-C in the terminal is for Holdfast, which stops its database last
    ...cluster.account,
  });
  // When something calls process.exit, even during the start, the database stops too.
  const stop = () => child.kill('SIGINT');
  process.once('exit', stop);
  child.once('exit', () => process.off('exit', stop));
  return child;
}

function errorOutput(child: ChildProcess): () => string {
  const kept: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    kept.push(text);
    if (kept.length > error_chunks_max) kept.shift();
  });
  return () => kept.join('').trim();
}

export function exit(child: ChildProcess): Promise<void> {
  return new Promise((done, failed) => {
    if (child.exitCode !== null || child.signalCode !== null) done();
    child.once('exit', () => done());
    child.once('error', failed);
  });
}

/**
 * Initialises a temporary directory and renames it, so that a half-finished cluster is never taken for a complete one.
 */
export async function initialise(cluster: Cluster): Promise<void> {
  const unfinished = `${cluster.directory}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const secret = join(cluster.socketDir, 'password');
  await writeFile(secret, cluster.password, { mode: 0o600 });
  if (cluster.account !== undefined) {
    await chown(secret, cluster.account.uid, cluster.account.gid);
    await chown(unfinished, cluster.account.uid, cluster.account.gid);
  }
  const child = launch(cluster, unfinished, 'initdb', [
    `--username=${superuser}`,
    `--pwfile=${secret}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    // pg_trgm and text search ask the C library what a letter is; everything else asks the built-in provider.
    `--lc-ctype=${process.platform === 'linux' ? 'C.UTF-8' : 'en_US.UTF-8'}`,
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    ...(cluster.settings.fsync === 'off' ? ['--no-sync'] : []),
  ]);
  const output = errorOutput(child);
  await exit(child);
  await rm(secret);
  if (child.exitCode !== 0) throw new StartFailure(`The database could not be initialised: ${output()}`);
  await rename(unfinished, cluster.directory);
}

const wrong_password = '28P01';

/**
 * SQLSTATE classes of what passes: a connection that broke, no room for one, a server that starts, recovers or stops.
 */
const passing = /^(08|53|57)/;

/** Why a server accepts no connection; undefined when it does. */
export interface Refusal {
  message: string;
  /** Whether the failure passes by itself: the server is starting, recovering or stopping, or is not there yet. */
  passes: boolean;
}

export async function findRefusal(connectionString: string): Promise<Refusal | undefined> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: connect_seconds_max * 1000 });
  client.on('error', () => {}); // a server that is killed between greeting and goodbye
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === wrong_password) throw error;
    return { message, passes: !(error instanceof pg.DatabaseError) || passing.test(code ?? '') };
  } finally {
    // Not awaited: a server killed at this moment never closes the connection.
    client.end().catch(() => {});
  }
}

/** Throws a StartFailure; a DiskFull where making room is all it takes. */
export async function startServer(cluster: Cluster): Promise<ChildProcess> {
  const began = Date.now();
  const child = launch(cluster, cluster.directory, 'postgres', serverSettings(cluster.socketDir, cluster.settings));
  const output = errorOutput(child);
  let ended = false;
  void exit(child).finally(() => {
    ended = true;
  });
  const { startSecondsMax = start_seconds_max } = cluster;
  const deadline = Date.now() + startSecondsMax * 1000;
  const connectionString = url(superuser, cluster.password, cluster.socketDir, 'postgres');
  let refusedSince: number | undefined;
  for (let refusal = await findRefusal(connectionString); refusal; refusal = await findRefusal(connectionString)) {
    if (ended) throw startFailure(cluster, began, output());
    if (Date.now() > deadline) throw new StartFailure(`PostgreSQL was not ready within ${startSecondsMax} seconds`);
    if (refusal.passes) refusedSince = undefined;
    else refusedSince ??= Date.now();
    if (refusedSince !== undefined && Date.now() - refusedSince > refusal_ms_max)
      throw refusesAll(cluster, refusal.message);
    await sleep(poll_ms);
  }
  return child;
}

const refusesAll = ({ directory }: Cluster, reason: string): RefusesAll =>
  new RefusesAll(`PostgreSQL runs and refuses every connection: ${reason} (see ${join(directory, 'log')})`);

function startFailure({ directory }: Cluster, began: number, output: string): StartFailure {
  const { reason = output, isDiskFull } = lastWordsOf(directory, began);
  if (isDiskFull)
    return new DiskFull(`PostgreSQL cannot start: the disk of ${directory} is full. Make room on it; nothing is lost.`);
  return new StartFailure(`PostgreSQL did not start: ${reason} (see ${join(directory, 'log')})`);
}

/** First a fast shutdown, which drops open transactions but writes a checkpoint; then harder signals. */
export async function stopServer(child: ChildProcess): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    const patience = new AbortController();
    const tired = sleep(stop_seconds_max * 1000, false, { signal: patience.signal }).catch(() => false);
    child.kill(signal);
    const ended = await Promise.race([exit(child).then(() => true), tired]);
    patience.abort();
    if (ended) return;
  }
}

async function asSuperuser(cluster: Cluster, name: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url(superuser, cluster.password, cluster.socketDir, name) });
  await client.connect().catch((error: Error & { code?: string }) => {
    throw error instanceof pg.DatabaseError && !passing.test(error.code ?? '')
      ? refusesAll(cluster, error.message)
      : error;
  });
  await work(client).finally(() => client.end());
}

/**
 * The owner has the rights that one would ask for on an external PostgreSQL: it makes roles and databases, but is no
 * superuser.
 */
export async function ensureDatabase(cluster: Cluster): Promise<void> {
  await asSuperuser(cluster, 'postgres', async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount === 1) return;
    await client.query(`drop role if exists ${owner}`);
    await client.query(
      `create role ${owner} login createdb createrole bypassrls password ${client.escapeLiteral(cluster.password)}`,
    );
    await client.query(`grant pg_monitor, pg_signal_backend, pg_checkpoint, pg_maintain to ${owner}`);
    await client.query(`create database ${database} owner ${owner}`);
  });
  await asSuperuser(cluster, database, async (client) => {
    await client.query('create extension if not exists pg_stat_statements');
  });
}
