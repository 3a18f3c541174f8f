import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { access, chown, constants, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFolderLocked, lockFolder, look_ms_max } from '../folder-lock.ts';
import { databaseAccount } from './embedded/account.ts';
import { postgresBinaries } from './embedded/binaries.ts';
import { stopLeftovers } from './embedded/processes.ts';
import {
  type Cluster,
  database,
  ensureDatabase,
  exit,
  findRefusal,
  initialise,
  owner,
  startServer,
  stopServer,
  superuser,
  url,
} from './embedded/server.ts';
import { DiskFull, RefusesAll, StartFailure } from './embedded/start-failure.ts';

export { StartFailure };

export interface EmbeddedOptions {
  /** Holdfast's data directory; the cluster lives in its `postgres` directory. */
  dataDir: string;
  log: (message: string) => void;
  /** PostgreSQL settings that override the built-in ones. */
  settings?: Record<string, string>;
  /** Until it answers: what applies much log first takes longer than any other start. */
  startSecondsMax?: number;
  /** Called with the cluster's directory when nothing runs on it and nobody else can start it. */
  beforeStart?: (directory: string) => Promise<void>;
}

export interface EmbeddedPostgres {
  ownerUrl: string;
  socketDir: string;
  stop(): Promise<void>;
}

/** What a running server writes into the data directory, for the command line and for the start after a crash. */
interface Run {
  pid: number;
  socketDir: string;
}

const restarts_max = 5;
const restart_window_seconds = 60;
const full_disk_retry_seconds = 5;

export const clusterDir = (dataDir: string) => join(dataDir, 'postgres');
const passwordFile = (dataDir: string) => join(dataDir, 'postgres-password');
const runFile = (dataDir: string) => join(dataDir, 'postgres-run.json');

function readRun(dataDir: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(runFile(dataDir), 'utf8')) as Run;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function forgetRun(dataDir: string): Promise<void> {
  const run = readRun(dataDir);
  if (run !== undefined) await rm(run.socketDir, { recursive: true, force: true });
  await rm(runFile(dataDir), { force: true });
}

/** Stops what runs on a data directory that nobody looks after any more, and forgets it. */
export async function stopEmbedded(dataDir: string, log: (message: string) => void): Promise<void> {
  if (existsSync(clusterDir(dataDir))) await stopLeftovers(clusterDir(dataDir), log);
  await forgetRun(dataDir);
}

async function ensurePassword(dataDir: string): Promise<string> {
  const file = passwordFile(dataDir);
  if (!existsSync(file)) {
    await writeFile(`${file}.new`, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
    await rename(`${file}.new`, file);
  }
  return readFileSync(file, 'utf8');
}

/**
 * A new directory under /tmp, PostgreSQL's own default: its path is short enough for a socket's name and not in use.
 */
async function makeSocketDir(dataDir: string): Promise<string> {
  const socketDir = await mkdtemp('/tmp/holdfast-');
  const run: Run = { pid: process.pid, socketDir };
  await writeFile(runFile(dataDir), JSON.stringify(run), { mode: 0o600 }).catch(async (error: unknown) => {
    await rm(socketDir, { recursive: true });
    throw error;
  });
  return socketDir;
}

async function prepare(dataDir: string, options: EmbeddedOptions): Promise<Cluster> {
  const directory = clusterDir(dataDir);
  const account = databaseAccount(directory);
  const binaries = await postgresBinaries({ dataDir, asRoot: account !== undefined });
  await stopEmbedded(dataDir, options.log);
  const cluster: Cluster = {
    directory,
    account,
    binaries,
    settings: options.settings ?? {},
    startSecondsMax: options.startSecondsMax,
    password: await ensurePassword(dataDir),
    socketDir: await makeSocketDir(dataDir),
  };
  if (account !== undefined) await chown(cluster.socketDir, account.uid, account.gid);
  if (!existsSync(directory)) {
    options.log('Initialising the database');
    await initialise(cluster);
  }
  await options.beforeStart?.(directory);
  return cluster;
}

/**
 * Restarts a killed server. When it keeps failing, the rejection ends the process rather than hide it; while its disk
 * is full, it is tried again until there is room.
 */
async function supervise(cluster: Cluster, log: (message: string) => void): Promise<{ stop(): Promise<void> }> {
  let child = await startServer(cluster);
  await ensureDatabase(cluster);
  const stopping = new AbortController();
  let deaths: number[] = [];
  let isDiskFull = false;
  const revive = async (): Promise<ChildProcess | undefined> => {
    deaths = [...deaths, Date.now()].filter((at) => at > Date.now() - restart_window_seconds * 1000);
    if (deaths.length > restarts_max) throw new StartFailure(`PostgreSQL keeps ending; see ${cluster.directory}/log`);
    if (!isDiskFull) log('PostgreSQL ended unexpectedly; starting it again');
    await stopLeftovers(cluster.directory, log);
    // A server that was killed while it made this file left it empty, which would prevent every further start.
    await rm(join(cluster.socketDir, '.s.PGSQL.5432.lock'), { force: true });
    try {
      const revived = await startServer(cluster);
      isDiskFull = false;
      return revived;
    } catch (error) {
      if (!(error instanceof StartFailure) || error instanceof RefusesAll) throw error;
      if (!isDiskFull) log(error.message);
      isDiskFull = error instanceof DiskFull;
    }
    if (isDiskFull) {
      deaths = [];
      await sleep(full_disk_retry_seconds * 1000, undefined, { signal: stopping.signal }).catch(() => {});
    }
    return stopping.signal.aborted ? undefined : revive();
  };
  const keepRunning = async () => {
    for (;;) {
      await exit(child);
      if (stopping.signal.aborted) return;
      const revived = await revive();
      if (!revived) return;
      child = revived;
      if (stopping.signal.aborted) await stopServer(child);
    }
  };
  const kept = keepRunning();
  const stop = async () => {
    stopping.abort();
    await stopServer(child);
    await kept;
  };
  return { stop };
}

/** Starts PostgreSQL on a data directory and keeps it running until `stop`, also when its process is killed. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') {
    throw new StartFailure('The embedded PostgreSQL runs on Linux and macOS. On Windows use WSL, or set DATABASE_URL.');
  }
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK).catch(({ code }: NodeJS.ErrnoException) => {
    throw new StartFailure(
      code === 'EROFS'
        ? `${dataDir} is on a disk that is mounted read-only, perhaps since an error of the disk. See why (dmesg), and mount it anew.`
        : `${dataDir} belongs to another user. Run as that user, or choose another with --data.`,
    );
  });
  const lock = lockFolder(dataDir, { waitMs: look_ms_max });
  if (lock === undefined) {
    const run = readRun(dataDir);
    throw new StartFailure(
      `Holdfast is already running on ${dataDir}${run === undefined ? '' : ` (process ${run.pid})`}. ` +
        'Stop it first, or choose another directory with --data.',
    );
  }
  const cleanUp = async () => {
    await stopEmbedded(dataDir, options.log);
    lock.release();
  };
  try {
    const cluster = await prepare(dataDir, options);
    const server = await supervise(cluster, options.log);
    const ownerUrl = url(owner, cluster.password, cluster.socketDir, database);
    return { ownerUrl, socketDir: cluster.socketDir, stop: () => server.stop().finally(cleanUp) };
  } catch (error) {
    await cleanUp();
    const { code, path = dataDir } = error as NodeJS.ErrnoException;
    if (code !== 'ENOSPC') throw error;
    throw new StartFailure(`The disk is full at ${path}. Make room on it, then start again.`, { cause: error });
  }
}

/**
 * The owner's URL of the server that a Holdfast runs on a data directory, or null when none does: one that was killed
 * leaves a server that nobody stops.
 */
export async function connectEmbedded(dataDir: string): Promise<string | null> {
  const run = readRun(resolve(dataDir));
  if (run === undefined || !isFolderLocked(resolve(dataDir))) return null;
  const ownerUrl = url(owner, readFileSync(passwordFile(resolve(dataDir)), 'utf8'), run.socketDir, database);
  const refusal = await findRefusal(ownerUrl);
  if (!refusal) return ownerUrl;
  throw new StartFailure(
    `Holdfast runs on ${resolve(dataDir)} (process ${run.pid}), but its database ${refusal.passes ? 'does not answer. It may be starting, or its disk is full. Try again in a moment.' : `refuses connections: ${refusal.message}`}`,
  );
}

/** The superuser's URL of Holdfast's database on the server that runs on a data directory; null when none does. */
export function embeddedSuperuserUrl(dataDir: string): string | null {
  const run = readRun(resolve(dataDir));
  if (run === undefined) return null;
  return url(superuser, readFileSync(passwordFile(resolve(dataDir)), 'utf8'), run.socketDir, database);
}
