import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { databaseAccount } from '../../../kernel/database/embedded/account.ts';
import { stopServer } from '../../../kernel/database/embedded/server.ts';
import { connect } from '../../connection.ts';
import { giveToAccount } from '../restore.ts';
import { lastWords, withoutSecrets } from './command.ts';

export interface ForeignServer {
  ownerUrl: string;
  superuserUrl: string;
  stop(): Promise<void>;
}

interface StartOptions {
  cluster: string;
  /** The address of the database that it is a copy of. */
  ownerUrl: string;
  binaries: string;
  settings: Record<string, string>;
  deadline: number;
}

/** The log that the tool has does not lead to the target. */
export class LogEnds extends Error {}

const poll_ms = 50;
/** How much of PostgreSQL's own log is shown: the end, where it says what went wrong. */
const log_characters_max = 3_000;

/**
 * What keeps the copy from touching anything of the original, whatever the settings that were restored with it say: it
 * sends its log nowhere, follows no other server, listens on a socket of its own, and uses no file outside of its
 * directory.
 */
const apart = {
  archive_mode: 'off',
  archive_command: '',
  archive_library: '',
  primary_conninfo: '',
  primary_slot_name: '',
  synchronous_standby_names: '',
  hot_standby: 'off',
  listen_addresses: '',
  port: '5432',
  unix_socket_permissions: '0700',
  ssl: 'off',
  shared_preload_libraries: '',
  huge_pages: 'off',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_min_messages: 'log',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_error_verbosity: 'terse',
  lc_messages: 'C',
  max_locks_per_transaction: '256',
  jit: 'off',
};

/** Starts PostgreSQL on what a tool restored, and resolves when it has applied the log and answers. */
export async function startRestored(options: StartOptions): Promise<ForeignServer> {
  const { cluster, ownerUrl, binaries, settings, deadline } = options;
  const socketDir = await makeSocketDir(cluster);
  await writeFile(join(cluster, config_file), '');
  // Nobody else can open the socket, and the roles' passwords may have been others at that time.
  await writeFile(join(cluster, hba_file), 'local all all trust\n');
  for (const left of ['standby.signal', 'postmaster.pid']) await rm(join(cluster, left), { force: true });
  await writeFile(join(cluster, 'recovery.signal'), '');
  const fetches = /^[ \t]*restore_command[ \t]*=/m.test(
    await readFile(join(cluster, 'postgresql.auto.conf'), 'utf8').catch(() => ''),
  );
  await giveToAccount(cluster);
  const account = databaseAccount(cluster);
  if (account) await chown(socketDir, account.uid, account.gid);
  // The account may not be able to reach the directory by its path; see embedded/server.ts.
  const here = account && process.platform === 'linux' ? '/proc/self/cwd' : cluster;
  const all = {
    ...apart,
    config_file: join(here, config_file),
    hba_file: join(here, hba_file),
    ident_file: '/dev/null',
    unix_socket_directories: socketDir,
    // Without one a server does not begin to recover, even where the log lies in pg_wal already.
    ...(!fetches && { restore_command: 'false' }),
    ...settings,
  };
  const child = spawn(
    join(binaries, 'postgres'),
    ['-D', here, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      cwd: cluster,
      env: { ...withoutSecrets(process.env), LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      ...account,
    },
  );
  const end = () => child.kill('SIGINT');
  process.once('exit', end);
  const stop = async () => {
    await stopServer(child);
    process.off('exit', end);
    await rm(socketDir, { recursive: true, force: true });
  };
  try {
    await untilRecovered(child, { url: at(socketDir, ownerUrl), deadline, fetches });
    const superuserUrl = at(socketDir, ownerUrl, await findSuperuser(at(socketDir, ownerUrl)));
    return { ownerUrl: at(socketDir, ownerUrl), superuserUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const config_file = 'holdfast.conf';
const hba_file = 'holdfast-hba.conf';
/** The longest path of a socket, less its name. */
const socket_path_max = 80;

async function makeSocketDir(cluster: string): Promise<string> {
  const beside = join(cluster, '..', 'socket');
  // Under root the account of the server may not reach what is beside.
  if (beside.length > socket_path_max || process.getuid?.() === 0) return mkdtemp('/tmp/holdfast-');
  await mkdir(beside, { mode: 0o700 });
  return beside;
}

/** The same database on the copy. */
function at(socketDir: string, ownerUrl: string, role = decodeURIComponent(new URL(ownerUrl).username)): string {
  const name = new URL(ownerUrl).pathname.slice(1);
  return `postgresql://${encodeURIComponent(role)}:trusted@${encodeURIComponent(socketDir)}:5432/${name}?sslmode=disable`;
}

async function findSuperuser(url: string): Promise<string> {
  const client = await connect(url, 'holdfast-proof').catch((error: Error) => {
    throw new Error(`The restored PostgreSQL does not have the database or the role of DATABASE_URL: ${error.message}`);
  });
  const { rows } = await client
    .query<{ rolname: string }>('select rolname from pg_roles where rolsuper and rolcanlogin order by oid limit 1')
    .finally(() => client.end());
  if (!rows[0]) throw new Error('The restored PostgreSQL has no superuser who may sign in, which amcheck needs');
  return rows[0].rolname;
}

interface Waiting {
  url: string;
  deadline: number;
  /** Whether the tool left a command that fetches the log. */
  fetches: boolean;
}

async function untilRecovered(child: ChildProcess, { url, deadline, fetches }: Waiting): Promise<void> {
  const said = lastWords(child, log_characters_max);
  let ended = false;
  child.once('close', () => {
    ended = true;
  });
  child.once('error', () => {
    ended = true;
  });
  while (!(await answers(url))) {
    if (ended) throw whyEnded(said(), fetches);
    if (Date.now() > deadline)
      throw new Error(`PostgreSQL was still applying the log when the time for a restore was over${said()}`);
    await sleep(poll_ms);
  }
  // What is said from now on is of no interest, and has to go somewhere.
  child.stderr?.removeAllListeners('data').resume();
}

/** Also when it refuses the database or the role: then it is there, and the next to ask learns why. */
async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    return ['28000', '3D000'].includes((error as { code?: string }).code ?? '');
  } finally {
    client.end().catch(() => {});
  }
}

/** In words what PostgreSQL says when it does not get to where it should. */
function whyEnded(said: string, fetches: boolean): Error {
  const last = /last completed transaction was at log time ([^\n]+)/.exec(said)?.[1];
  const until = last ? ` The last change that it leads to is of ${last}.` : '';
  const hint = fetches ? '' : ' The restore command left no restore_command in postgresql.auto.conf.';
  if (/recovery ended before configured recovery target was reached/.test(said))
    return new LogEnds(`What was restored ends before the moment that was recorded.${until}${hint}`);
  if (/recovery stop point is before consistent recovery point/.test(said))
    return new Error('What was restored begins after the moment: the restore command took a backup of after {time}');
  if (/could not locate required checkpoint record/.test(said))
    return new Error(`What was restored lacks the log that belongs to the base backup.${hint}`);
  return new Error(`PostgreSQL did not start on what was restored${said}`);
}
