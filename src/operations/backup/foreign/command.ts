import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, readlink } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { secretSettings } from '../../../kernel/config/settings.ts';
import { redactText } from '../../../kernel/logs/redact.ts';

/** The tool that backs up the database at DATABASE_URL, as far as it is known here: how it restores. */
export interface ForeignTool {
  command: readonly string[];
  ownerUrl: string;
  secondsMax: number;
  lossSecondsMax: number;
  postgresBin: string | undefined;
}

/** How much of its output is shown: the end, where a program says why it failed. */
const said_characters_max = 1_000;
/** From being asked to end until it is made to. */
const end_ms_max = 5_000;

export interface RestoreRequest {
  /** A directory that is there and empty. */
  cluster: string;
  time: Date;
  lsn: string;
}

/** As PostgreSQL writes it, which all of the tools read; names of time zones a server that starts does not know yet. */
export const postgresTime = (time: Date): string => time.toISOString().replace('T', ' ').replace('Z', '+00');

/** Runs the operator's restore command, without a shell, and fails with what it said when it does not restore. */
export async function runRestore(
  { command, secondsMax }: ForeignTool,
  { cluster, time, lsn }: RestoreRequest,
): Promise<void> {
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  const at = postgresTime(time);
  const values: Record<string, string> = { dir: cluster, time: at, lsn };
  const [program, ...args] = command.map((word) => word.replaceAll(/\{(dir|time|lsn)\}/g, (_, name) => values[name]!));
  const own = { HOLDFAST_RESTORE_DIR: cluster, HOLDFAST_RESTORE_TIME: at, HOLDFAST_RESTORE_LSN: lsn };
  const child = spawn(program!, args, {
    env: { ...withoutSecrets(process.env), ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it starts ends with it.
    detached: true,
  });
  const said = lastWords(child);
  const { code, signal, late } = await ended(child, secondsMax * 1_000);
  if (late)
    throw new Error(`The restore command had not ended after ${secondsMax} s (BACKUP_RESTORE_SECONDS_MAX)${said()}`);
  if (code !== 0) throw new Error(`The restore command ended with ${signal ?? code}${said()}`);
}

/** The tool has its own settings in the environment, and no business with ours. */
export function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secret = new Set(secretSettings.flatMap((name) => [name, `${name}_FILE`]));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secret.has(name as never)));
}

/** The end of what a program has said so far, fit to be shown. */
export function lastWords(child: ChildProcess, characters_max = said_characters_max): () => string {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2 * characters_max);
    });
  return () => {
    // A tool that decrypts with the wrong key may say what came of that.
    const plain = redactText(said.replaceAll(/[^\P{C}\n\t]|\ufffd/gu, '').trim());
    return plain === '' ? '' : `: ${plain.slice(-characters_max)}`;
  };
}

async function ended(child: ChildProcess, ms_max: number) {
  const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done, failed) => {
    child.once('error', (error: NodeJS.ErrnoException) => failed(new Error(notStarted(child.spawnfile, error))));
    child.once('close', (code, signal) => done({ code, signal }));
  });
  const end = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // Gone meanwhile.
    }
  };
  const stop = () => end('SIGTERM');
  process.once('exit', stop);
  const waits = new AbortController();
  const pause = (ms: number) => sleep(ms, null, { signal: waits.signal }).catch(() => null);
  try {
    const inTime = await Promise.race([exit, pause(ms_max)]);
    if (inTime) return { ...inTime, late: false };
    end('SIGTERM');
    await Promise.race([exit, pause(end_ms_max)]);
    end('SIGKILL');
    await Promise.race([exit, pause(end_ms_max)]);
    return { code: null, signal: null, late: true };
  } finally {
    waits.abort();
    process.off('exit', stop);
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  }
}

function notStarted(program: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT')
    return `The restore command could not be started: there is no program ${program} on this machine`;
  if (code === 'EACCES')
    return `The restore command could not be started: ${program} may not be run by the account of Holdfast`;
  return `The restore command could not be started: ${message}`;
}

/** What was restored, read from its files before anything runs on them. */
export async function readIdentity(cluster: string): Promise<{ major: string; system_identifier: string }> {
  if ((await readdir(cluster)).length === 0)
    throw new Error('The restore command ended well and restored nothing: the directory it was given, {dir}, is empty');
  try {
    const major = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
    const control = await open(join(cluster, 'global', 'pg_control'));
    const { buffer } = await control.read(Buffer.alloc(8), 0, 8, 0).finally(() => control.close());
    const identifier = endianness() === 'LE' ? buffer.readBigUInt64LE() : buffer.readBigUInt64BE();
    await refuseLinksOut(cluster);
    return { major, system_identifier: identifier.toString() };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT')
      throw new Error('The restore command ended well and left no data directory of PostgreSQL in {dir}');
    if (code === 'EACCES')
      throw new Error(
        'What the restore command restored belongs to another account than that of Holdfast, which cannot start it',
      );
    throw error;
  }
}

/**
 * Table spaces, or a log on another disk: a server that is started on the copy would write to those of the original.
 */
async function refuseLinksOut(cluster: string): Promise<void> {
  const spaces = join(cluster, 'pg_tblspc');
  for (const folder of [cluster, spaces])
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (!entry.isSymbolicLink()) continue;
      const to = resolve(folder, await readlink(join(folder, entry.name)));
      if (relative(resolve(cluster, '..'), to).startsWith('..'))
        throw new Error(
          `What was restored uses ${to}, outside of its directory, which the database itself may use: have the command restore it into {dir} too`,
        );
    }
}
