import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { appendFile, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseAccount } from '../../kernel/database/embedded/account.ts';
import { clusterDir } from '../../kernel/database/embedded.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { lockFolder, look_ms_max } from '../../kernel/folder-lock.ts';

export interface RestorePoint {
  name: string;
  at: string;
  lsn: string;
  /** Whether the backup store has every change up to it; null without a backup store. */
  shipped: boolean | null;
}

/** What is known of the last upgrade, in a file, because the database itself is what may go back. */
export interface UpgradeState {
  /**
   * `copied`: an upgrade is under way, or was killed. `returning`: so is its going back. `failed`: the database is as
   * it was before. `done`: it has the schema of this version.
   */
  stage: 'copied' | 'returning' | 'failed' | 'done';
  /** The checksum of migrations and routines: an upgrade that failed with these is not tried again at each start. */
  schema: string;
  version: string;
  at: string;
  reason: string | null;
  restore_point: RestorePoint;
}

const folder = (dataDir: string) => join(dataDir, 'upgrade');
const stateFile = (dataDir: string) => join(folder(dataDir), 'state.json');
/** The database cluster as it was before the last upgrade, stopped. */
export const copyDir = (dataDir: string): string => join(folder(dataDir), 'before');
/** The database cluster that was left behind when an upgrade went back. */
export const leftDir = (dataDir: string): string => join(folder(dataDir), 'left');

/** The room that a copy needs, by its size: PostgreSQL writes while it is made. */
const room_factor = 1.2;

export async function readState(dataDir: string): Promise<UpgradeState | undefined> {
  if (!existsSync(stateFile(dataDir))) return undefined;
  return JSON.parse(await readFile(stateFile(dataDir), 'utf8')) as UpgradeState;
}

export async function writeState(dataDir: string, state: UpgradeState): Promise<void> {
  await mkdir(folder(dataDir), { recursive: true, mode: 0o700 });
  await writeFile(`${stateFile(dataDir)}.new`, JSON.stringify(state), { mode: 0o600, flush: true });
  await rename(`${stateFile(dataDir)}.new`, stateFile(dataDir));
}

/**
 * Bytes that have to be free for a copy of the cluster, with some to spare: those of the copy that it replaces become
 * free before.
 */
export async function roomForCopy(dataDir: string): Promise<number> {
  const replaced = copyDir(dataDir);
  const room =
    (await bytesIn(clusterDir(dataDir))) * room_factor - (existsSync(replaced) ? await bytesIn(replaced) : 0);
  return Math.max(0, room);
}

async function bytesIn(dir: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return bytes;
}

/**
 * A name of its own: the `cp` of an upgrade that was killed goes on for a while, and must not write into the next copy.
 */
const newCopy = (dataDir: string): string => `${copyDir(dataDir)}.new-${randomBytes(4).toString('hex')}`;

async function unfinishedCopies(dataDir: string): Promise<string[]> {
  const names = existsSync(folder(dataDir)) ? await readdir(folder(dataDir)) : [];
  return names.map((name) => join(folder(dataDir), name)).filter((path) => path.startsWith(`${copyDir(dataDir)}.new`));
}

/** Under another name that `cp` finds nothing to write into. */
async function removeUnfinished(dir: string): Promise<void> {
  const gone = `${dir}-gone`;
  await rename(dir, gone);
  await rm(gone, { recursive: true, force: true, maxRetries: rm_tries_max });
}

/** A file that it had begun may still come. */
const rm_tries_max = 5;

/** What an upgrade left behind that was killed while it copied would take the room of the next copy. */
export async function removeUnfinishedCopy(dataDir: string): Promise<void> {
  const unfinished = await unfinishedCopies(dataDir);
  if (unfinished.length === 0) return;
  const lock = lockFolder(dataDir, { waitMs: look_ms_max });
  // Somebody else is at it; whoever starts the database next says so.
  if (!lock) return;
  try {
    for (const dir of unfinished) await removeUnfinished(dir);
  } finally {
    lock.release();
  }
}

/** Copies the cluster of a database that is stopped. Where the file system can, blocks are shared until they change. */
export async function copyCluster(dataDir: string): Promise<void> {
  const copy = copyDir(dataDir);
  await mkdir(folder(dataDir), { recursive: true, mode: 0o700 });
  await rm(copy, { recursive: true, force: true });
  for (const dir of await unfinishedCopies(dataDir)) await removeUnfinished(dir);
  const unfinished = newCopy(dataDir);
  try {
    await runTool('cp', ['-a', clusterDir(dataDir), unfinished]);
  } catch (error) {
    // On a full disk the database itself needs the room.
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  // A copy that the next loss of power empties is no way back.
  await runTool('sync', []);
  await rename(unfinished, copy);
}

async function runTool(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2_000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The database could not be copied: ${said.trim()}`);
}

/** Puts the copy in the place of the database, which is kept aside. */
export async function putCopyBack(dataDir: string, state: Omit<UpgradeState, 'stage'>): Promise<UpgradeState> {
  await writeState(dataDir, { ...state, stage: 'returning' });
  return finishReturn(dataDir, state);
}

/**
 * From wherever it was killed: as long as the copy is there, what runs is the database that is left behind; without it,
 * the copy is in place.
 */
async function finishReturn(dataDir: string, state: Omit<UpgradeState, 'stage'>): Promise<UpgradeState> {
  if (existsSync(copyDir(dataDir)) || !existsSync(clusterDir(dataDir))) {
    if (existsSync(clusterDir(dataDir))) {
      await rm(leftDir(dataDir), { recursive: true, force: true });
      await rename(clusterDir(dataDir), leftDir(dataDir));
    }
    await rename(copyDir(dataDir), clusterDir(dataDir));
  }
  const failed: UpgradeState = { ...state, stage: 'failed' };
  await writeState(dataDir, failed);
  return failed;
}

const by_hand = 'somebody went back by hand';

/** For the next start of a cluster: it replays nothing, and goes on as a new timeline. */
const recovery_settings = "\n# holdfast upgrade back\nrestore_command = 'false'\nhot_standby = off\n";

/**
 * Long after the upgrade: people have worked since, and the backup store may have what they did. So the database begins
 * a new timeline, which the log in the backup store cannot be mistaken for; a backup of it is made as soon as it runs.
 */
export async function goBackByHand(
  dataDir: string,
  start: () => Promise<{ stop(): Promise<void> }>,
): Promise<UpgradeState> {
  const state = await readState(dataDir);
  const settings = join(clusterDir(dataDir), 'postgresql.auto.conf');
  const readSettings = () => readFile(settings, 'utf8');
  // One that was killed on its way is finished.
  const isUnderWay =
    state?.stage === 'returning' ||
    (state?.stage === 'failed' && state.reason === by_hand && (await readSettings()).includes(recovery_settings));
  if (!state || !(isUnderWay || (state.stage === 'done' && existsSync(copyDir(dataDir)))))
    throw problems.conflict(`There is no copy from before an upgrade in ${folder(dataDir)}.`);
  const lock = lockFolder(dataDir, { waitMs: look_ms_max });
  if (!lock) throw problems.conflict('Holdfast is running. Stop it first.');
  let gone: UpgradeState;
  try {
    if (state.stage === 'done') await beginTimeline(copyDir(dataDir));
    gone = await putCopyBack(dataDir, { ...state, reason: state.stage === 'done' ? by_hand : state.reason });
  } finally {
    lock.release();
  }
  const server = await start();
  await writeFile(settings, (await readSettings()).replaceAll(recovery_settings, ''));
  await server.stop();
  return gone;
}

async function beginTimeline(cluster: string): Promise<void> {
  const signal = join(cluster, 'recovery.signal');
  await writeFile(signal, '');
  const account = databaseAccount(cluster);
  if (account) await chown(signal, account.uid, account.gid);
  await appendFile(join(cluster, 'postgresql.auto.conf'), recovery_settings);
}

/** The copy takes room; what is older than so many days is not gone back to. Returns how many copies that were. */
export async function deleteOldCopy(dataDir: string, days: number): Promise<number> {
  const state = await readState(dataDir);
  if (!state || Date.now() - Date.parse(state.at) < days * 86_400_000) return 0;
  if (state.stage !== 'done' && state.stage !== 'failed') return 0;
  const old = [copyDir(dataDir), leftDir(dataDir)].filter((dir) => existsSync(dir));
  for (const dir of old) await rm(dir, { recursive: true, force: true });
  return old.length;
}

/**
 * After an upgrade that was killed. One that was going back goes on: nobody has worked on a database whose upgrade
 * failed. In another, people may have worked since, with the version before, which works with it too; so that stays in
 * its place.
 */
export async function resumeInterrupted(dataDir: string, say: (line: string) => void): Promise<void> {
  const state = await readState(dataDir);
  if (state?.stage !== 'copied' && state?.stage !== 'returning') return;
  const lock = lockFolder(dataDir, { waitMs: look_ms_max });
  // The upgrade still runs; whoever starts the database next says so.
  if (!lock) return;
  try {
    if (state.stage === 'returning') {
      say('The last upgrade was interrupted while it went back, which is finished now');
      await finishReturn(dataDir, state);
      return;
    }
    say(
      `The upgrade to ${state.version} of ${state.at} was interrupted. What it had changed, it has not finished checking: ` +
        `run holdfast doctor and holdfast audit verify. The database as it was before is kept in ${copyDir(dataDir)}.`,
    );
    await writeState(dataDir, { ...state, stage: 'done' });
  } finally {
    lock.release();
  }
}
