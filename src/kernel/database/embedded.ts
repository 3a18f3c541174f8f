import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Account, databaseAccount } from './embedded/account.ts';
import { postgresBinaries } from './embedded/binaries.ts';
import { lockDataDir } from './embedded/lock.ts';
import { stopLeftovers } from './embedded/processes.ts';
import { serverSettings } from './embedded/settings.ts';

export interface EmbeddedOptions {
  /** Holdfast's data directory; the cluster lives in its `postgres` directory. */
  dataDir: string;
  log: (message: string) => void;
  /** PostgreSQL settings that override the built-in ones. */
  settings?: Record<string, string>;
}

export interface EmbeddedPostgres {
  ownerUrl: string;
  socketDir: string;
  stop(): Promise<void>;
}

const superuser = 'postgres';
const owner = 'holdfast_owner';
const database = 'holdfast';

const poll_ms = 20;
const start_seconds_max = 600; // recovery after a crash replays up to max_wal_size
const stop_seconds_max = 60;
const restarts_max = 5;
const restart_window_seconds = 60;

interface Cluster {
  dataDir: string;
  directory: string;
  socketDir: string;
  binaries: string;
  account: Account | undefined;
  password: string;
  settings: Record<string, string>;
}

const clusterDir = (dataDir: string) => join(dataDir, 'postgres');
const passwordFile = (dataDir: string) => join(dataDir, 'postgres-password');
const runFile = (dataDir: string) => join(dataDir, 'postgres-run.json');

interface Run {
  pid: number;
  socketDir: string;
}

function readRun(dataDir: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(runFile(dataDir), 'utf8')) as Run;
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError;
    if (absent) return undefined;
    throw error;
  }
}

function url(role: string, password: string, socketDir: string, name: string): string {
  // Port and sslmode are spelt out, or PGPORT and PGSSLMODE of the caller's environment would take their place.
  return `postgresql://${role}:${password}@${encodeURIComponent(socketDir)}:5432/${name}?sslmode=disable`;
}

function launch(cluster: Cluster, directory: string, program: string, args: string[]): ChildProcess {
  return spawn(join(cluster.binaries, program), ['-D', dataArgument(cluster, directory), ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // a Ctrl-C in the terminal is for Holdfast, which stops its database last
    ...cluster.account,
  });
}

/**
 * Under root the account of the database often cannot walk to the data directory (a checkout in /root). It does not
 * have to: Linux resolves this name to the working directory it is started in without looking at the parents.
 */
function dataArgument(cluster: Cluster, directory: string): string {
  return cluster.account !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : directory;
}

function errorOutput(child: ChildProcess): () => string {
  const kept: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    kept.push(text);
    if (kept.length > 50) kept.shift();
  });
  return () => kept.join('').trim();
}

function exit(child: ChildProcess): Promise<void> {
  return new Promise((done, failed) => {
    if (child.exitCode !== null || child.signalCode !== null) done();
    child.once('exit', () => done());
    child.once('error', failed);
  });
}

/** Initialises in a directory of its own and renames: a half-finished cluster is never taken for a whole one. */
async function initialise(cluster: Cluster): Promise<void> {
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
    // pg_trgm and text search ask the C library what a letter is, everything else the built-in provider.
    `--lc-ctype=${process.platform === 'linux' ? 'C.UTF-8' : 'en_US.UTF-8'}`,
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    ...(cluster.settings.fsync === 'off' ? ['--no-sync'] : []),
  ]);
  const output = errorOutput(child);
  await exit(child);
  await rm(secret);
  if (child.exitCode !== 0) throw new Error(`The database could not be initialised: ${output()}`);
  await rename(unfinished, cluster.directory);
}

async function canConnect(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    return true;
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    // No socket yet, nobody listening, or starting up and shutting down.
    if (['ENOENT', 'ECONNREFUSED', '57P03'].includes(code)) return false;
    throw error;
  } finally {
    await client.end();
  }
}

async function startServer(cluster: Cluster): Promise<ChildProcess> {
  const child = launch(cluster, cluster.directory, 'postgres', serverSettings(cluster.socketDir, cluster.settings));
  const output = errorOutput(child);
  let ended = false;
  void exit(child).finally(() => {
    ended = true;
  });
  const deadline = Date.now() + start_seconds_max * 1000;
  const superuserUrl = url(superuser, cluster.password, cluster.socketDir, 'postgres');
  while (!(await canConnect(superuserUrl))) {
    if (ended) throw new Error(`PostgreSQL did not start: ${output()} (see ${join(cluster.directory, 'log')})`);
    if (Date.now() > deadline) throw new Error(`PostgreSQL was not ready within ${start_seconds_max} seconds`);
    await sleep(poll_ms);
  }
  return child;
}

async function stopServer(child: ChildProcess): Promise<void> {
  const ended = exit(child);
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    child.kill(signal);
    const patience = new AbortController();
    const late = sleep(stop_seconds_max * 1000, 'late', { signal: patience.signal }).catch(() => 'aborted');
    const outcome = await Promise.race([ended.then(() => 'ended'), late]);
    patience.abort();
    if (outcome === 'ended') return;
  }
}

/** The owner is what an external PostgreSQL would give us: it may make roles and databases, but is no superuser. */
async function createDatabase(cluster: Cluster): Promise<void> {
  const run = async (name: string, statements: (client: pg.Client) => Promise<void>) => {
    const client = new pg.Client({ connectionString: url(superuser, cluster.password, cluster.socketDir, name) });
    await client.connect();
    await statements(client).finally(() => client.end());
  };
  await run('postgres', async (client) => {
    const found = await client.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount === 1) return;
    await client.query(`drop role if exists ${owner}`);
    await client.query(
      `create role ${owner} login createdb createrole bypassrls password ${client.escapeLiteral(cluster.password)}`,
    );
    await client.query(`grant pg_monitor, pg_signal_backend, pg_checkpoint, pg_maintain to ${owner}`);
    await client.query(`create database ${database} owner ${owner}`);
  });
  await run(database, async (client) => {
    await client.query('create extension if not exists pg_stat_statements');
  });
}

async function password(dataDir: string): Promise<string> {
  const file = passwordFile(dataDir);
  if (!existsSync(file)) {
    await writeFile(`${file}.new`, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
    await rename(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8');
}

/** A fresh directory under /tmp, PostgreSQL's own default: short enough for a socket's name, and never taken. */
async function socketDirectory(dataDir: string): Promise<string> {
  const earlier = readRun(dataDir);
  if (earlier !== undefined) await rm(earlier.socketDir, { recursive: true, force: true });
  const socketDir = await mkdtemp('/tmp/holdfast-');
  const run: Run = { pid: process.pid, socketDir };
  await writeFile(runFile(dataDir), JSON.stringify(run), { mode: 0o600 });
  return socketDir;
}

async function prepare(dataDir: string, options: EmbeddedOptions): Promise<Cluster> {
  const directory = clusterDir(dataDir);
  const account = databaseAccount(directory);
  const binaries = await postgresBinaries({ dataDir, asRoot: account !== undefined });
  if (existsSync(directory)) await stopLeftovers(directory, options.log);
  const settings = options.settings ?? {};
  const cluster: Cluster = {
    dataDir,
    directory,
    account,
    binaries,
    settings,
    password: await password(dataDir),
    socketDir: await socketDirectory(dataDir),
  };
  if (account !== undefined) await chown(cluster.socketDir, account.uid, account.gid);
  if (!existsSync(directory)) {
    options.log('Initialising the database');
    await initialise(cluster);
  }
  return cluster;
}

/** Starts PostgreSQL on a data directory and keeps it running until `stop`, also when its process is killed. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') {
    throw new Error('The embedded PostgreSQL runs on Linux and macOS. On Windows use WSL, or set DATABASE_URL.');
  }
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDataDir(dataDir);
  if (lock === undefined) {
    const run = readRun(dataDir);
    throw new Error(
      `Holdfast is already running on ${dataDir}${run === undefined ? '' : ` (process ${run.pid})`}. ` +
        'Stop it first, or choose another directory with --data.',
    );
  }
  const cleanUp = async () => {
    if (existsSync(clusterDir(dataDir))) await stopLeftovers(clusterDir(dataDir), options.log);
    const run = readRun(dataDir);
    if (run !== undefined) await rm(run.socketDir, { recursive: true, force: true });
    await rm(runFile(dataDir), { force: true });
    lock.release();
  };
  try {
    const cluster = await prepare(dataDir, options);
    const server = await supervise(cluster, options.log);
    const ownerUrl = url(owner, cluster.password, cluster.socketDir, database);
    return { ownerUrl, socketDir: cluster.socketDir, stop: () => server.stop().finally(cleanUp) };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** Restarts a killed server in place; when it keeps dying, the rejection ends the process rather than hide it. */
async function supervise(cluster: Cluster, log: (message: string) => void): Promise<{ stop(): Promise<void> }> {
  let child = await startServer(cluster);
  await createDatabase(cluster);
  let stopping = false;
  const keepRunning = async () => {
    let deaths: number[] = [];
    for (;;) {
      await exit(child);
      if (stopping) return;
      deaths = [...deaths, Date.now()].filter((at) => at > Date.now() - restart_window_seconds * 1000);
      if (deaths.length > restarts_max) throw new Error('PostgreSQL keeps ending; see its log');
      log('PostgreSQL ended unexpectedly; starting it again');
      await stopLeftovers(cluster.directory, log);
      child = await startServer(cluster);
      if (stopping) await stopServer(child);
    }
  };
  const kept = keepRunning();
  return {
    stop: async () => {
      stopping = true;
      await stopServer(child);
      await kept;
    },
  };
}

/** The owner's URL of the server that runs on a data directory, or null when none does. */
export async function connectEmbedded(dataDir: string): Promise<string | null> {
  const run = readRun(resolve(dataDir));
  if (run === undefined) return null;
  const ownerUrl = url(owner, readFileSync(passwordFile(resolve(dataDir)), 'utf8'), run.socketDir, database);
  return (await canConnect(ownerUrl)) ? ownerUrl : null;
}
