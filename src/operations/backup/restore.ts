import { chown, mkdir, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { settings_file_name } from '../../kernel/config/settings-file.ts';
import { databaseAccount } from '../../kernel/database/embedded/account.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../kernel/database/embedded.ts';
import { Problem, problems } from '../../kernel/errors/problem.ts';
import { FileError, type FileStore, isFileNotFound } from '../../kernel/files/file-store.ts';
import { VaultError } from '../../kernel/vault/seal.ts';
import { connectAsSystem } from '../connection.ts';
import type { BackupStore } from './backup-store.ts';
import { newestFirst, timeOfBackup } from './contents.ts';
import { allFiles, nameOf } from './files.ts';
import {
  coverage,
  formatLsn,
  type Piece,
  parseLsn,
  parsePiece,
  pieceName,
  segment_bytes,
  segmentName,
  segmentStart,
} from './lsn.ts';
import { type BackupManifest, type BaseManifest, ifDamaged, readManifest } from './manifest.ts';
import { unpackBase } from './unpack/unpack.ts';

/** The moment that the backup recorded, a time after it, or the last change that reached the backup store. */
export type Target = 'recorded' | 'latest' | Date;

const log_folder = 'holdfast-wal';
/** Weeks of log take hours: a restore that is given up is worth less than one that takes long. */
const recovery_seconds_max = 86_400;
/**
 * What may be in a folder into which is restored: key and settings, which are in no backup, and the mark of the
 * restore.
 */
export const allowedBeside = ['master.key', settings_file_name, 'restoring'];

interface Choice {
  at?: Date | undefined;
  /** Whether a damaged backup makes room for the one before it; without this it is refused. */
  passOverDamaged?: boolean;
  say?: (line: string) => void;
}

/** The backup to begin with: the last whose recorded moment is not after the time. */
export async function chooseBackup(
  backups: BackupStore,
  { at, passOverDamaged = false, say = () => {} }: Choice = {},
): Promise<BackupManifest> {
  const names = newestFirst(await backups.list('backup'));
  let failure: Error | undefined;
  for (const name of names) {
    // What began after the time recorded a moment after it.
    if (at && timeOfBackup(name) > at.getTime()) continue;
    const manifest = await ifDamaged(readManifest(backups, name), (error) => {
      // As late as possible, a newer Holdfast can restore it.
      if (!passOverDamaged || (!at && error instanceof Problem)) throw error;
      say(`The backup ${name} cannot be read and is passed over: ${error.message}`);
      failure ??= error;
      return undefined;
    });
    if (!manifest || (at && new Date(manifest.at) > at)) continue;
    if (failure)
      say(
        manifest.kind === 'logical'
          ? `Going on with the backup ${manifest.id}: what changed after ${manifest.at} is not in it`
          : `Going on with the backup ${manifest.id} and the log behind it: look whether the newest changes are there before people work on it`,
      );
    return manifest;
  }
  if (failure)
    throw problems.conflict(
      `The backup store has no backup${at ? ` of ${at.toISOString()} or before` : ''} that can be read. ${failure.message}`,
    );
  throw problems.conflict(
    names.length === 0
      ? 'There is no backup in the backup store.'
      : `The backup store has no backup of ${at!.toISOString()} or before.`,
  );
}

/** The log behind a backup, without a gap: what a restore reads, and what comes behind that. */
async function logFor(
  backups: BackupStore,
  manifest: BaseManifest,
  target: Target,
  stored: readonly Piece[],
): Promise<{ needed: Piece[]; rest: Piece[] }> {
  const from = segmentStart(parseLsn(manifest.start_lsn));
  const { pieces, to } = coverage(stored, manifest.timeline, from);
  if (to < parseLsn(manifest.at_lsn))
    throw problems.conflict(
      `The log behind the backup ${manifest.id} ends at ${formatLsn(to)}: what comes then, up to ${manifest.at_lsn}, is missing in the backup store.`,
    );
  const end = await endOfLog(backups, manifest, target);
  const last = end === undefined ? -1 : pieces.findIndex((piece) => piece.to >= end);
  if (last < 0) return { needed: pieces, rest: [] };
  // One more: the server looks behind what it needs.
  return { needed: pieces.slice(0, last + 2), rest: pieces.slice(last + 2) };
}

/**
 * Up to where a restore reads the log: for a time, up to the next backup that was made after it. Undefined: all there
 * is.
 */
async function endOfLog(
  backups: BackupStore,
  { id, timeline, at_lsn }: BaseManifest,
  target: Target,
): Promise<bigint | undefined> {
  if (target === 'recorded') return parseLsn(at_lsn);
  if (target === 'latest') return undefined;
  for (const name of (await backups.list('backup')).filter((one) => one > id)) {
    // A damaged one must not keep an earlier one from being restored.
    const later = await ifDamaged(readManifest(backups, name), () => undefined);
    if (later?.kind === 'base' && later.timeline === timeline && new Date(later.at) > target)
      return parseLsn(later.at_lsn);
  }
  return undefined;
}

const storedLog = async (backups: BackupStore): Promise<Piece[]> => (await backups.list('wal')).map(parsePiece);

/** What a restore writes: the database, and of a copy of its files the log that is applied to it, unpacked. */
export async function restoredBytes(backups: BackupStore, manifest: BackupManifest, target: Target): Promise<number> {
  if (manifest.kind !== 'base') return manifest.cluster_bytes;
  const { needed } = await logFor(backups, manifest, target, await storedLog(backups));
  const segments = new Set(needed.map(({ from }) => segmentStart(from)));
  return manifest.cluster_bytes + segments.size * Number(segment_bytes);
}

export async function checkEmpty(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const there = (await readdir(dir)).filter((name) => !allowedBeside.includes(name));
  if (there.length > 0) throw problems.conflict(`${dir} is not empty. Name a new or an empty folder.`);
}

/**
 * Makes the data directory of an installation as it was, and starts its database, which applies the log up to the
 * target. The files are left to `restoreFiles`.
 */
export async function restoreDatabase(
  backups: BackupStore,
  manifest: BaseManifest,
  {
    dir,
    target,
    settings = {},
    say,
  }: { dir: string; target: Target; settings?: Record<string, string>; say: (line: string) => void },
): Promise<EmbeddedPostgres> {
  await checkEmpty(dir);
  const stored = await storedLog(backups);
  const { needed, rest } = await logFor(backups, manifest, target, stored);
  const cluster = join(dir, 'postgres');
  await mkdir(cluster, { mode: 0o700 });
  say('Reading the base backup');
  await unpackBase(backups, manifest.id, cluster);
  say(`Reading the log of changes, ${needed.length} pieces`);
  const log = join(cluster, log_folder);
  await writeLog(backups, needed, log);
  await reserveTimelines(stored, manifest.timeline, log);
  await writeFile(join(cluster, 'recovery.signal'), '');
  await writeFile(join(dir, 'postgres-password'), manifest.database_password, { mode: 0o600 });
  await giveToAccount(cluster);
  say('Applying the log');
  const recovery = {
    // What is not there is the end of the log. By a copy that fails, as on a full disk, it must not seem to end: from
    // 126 on PostgreSQL gives up.
    restore_command: `test -f ${log_folder}/%f || exit 1; cp ${log_folder}/%f %p || exit 255`,
    recovery_target_action: 'promote',
    recovery_target_timeline: 'current',
    // It answers when it is there, not before.
    hot_standby: 'off',
    // Why it does not get there, it says to whoever started it, not in a file that goes with the copy.
    logging_collector: 'off',
    ...(target === 'recorded' && { recovery_target_name: manifest.restore_point }),
    ...(target instanceof Date && { recovery_target_time: target.toISOString().replace('Z', '+00') }),
  };
  const start = () =>
    startEmbeddedPostgres({
      dataDir: dir,
      log: say,
      settings: { ...settings, ...recovery },
      startSecondsMax: recovery_seconds_max,
    });
  const server = await start()
    .catch(async (error: Error) => {
      // Whether a time is reached shows at the first change behind it, which may come only after the next backup.
      if (!endsEarly(error) || !(target instanceof Date) || rest.length === 0) throw error;
      say(`Reading more of the log, ${rest.length} pieces`);
      await writeLog(backups, rest, log);
      await giveToAccount(cluster);
      return start();
    })
    .catch((error: Error) => {
      throw whyNotReached(error, manifest, target);
    });
  await rm(log, { recursive: true });
  return server;
}

const endsEarly = ({ message }: Error): boolean =>
  /recovery ended before configured recovery target was reached/.test(message);

function whyNotReached(error: Error, { id }: BaseManifest, target: Target): Error {
  if (!endsEarly(error)) return error;
  const last = /last completed transaction was at log time ([^\n]+)/.exec(error.message)?.[1];
  const wanted = target instanceof Date ? target.toISOString() : 'the moment that was recorded';
  const until = last ? `: the last change that it leads to is of ${last}` : '';
  return problems.conflict(`The log behind the backup ${id} ends before ${wanted}${until}`);
}

/** Segments as the server knows them; where the last is not full, it is filled up with nothing. */
async function writeLog(backups: BackupStore, pieces: readonly Piece[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const piece of pieces) {
    const handle = await open(join(folder, segmentName(piece.timeline, piece.from)), 'a+').then(async (made) => {
      await made.close();
      return open(join(folder, segmentName(piece.timeline, piece.from)), 'r+');
    });
    try {
      await handle.truncate(Number(segment_bytes));
      let at = Number(piece.from - segmentStart(piece.from));
      for await (const chunk of await backups.get('wal', pieceName(piece))) {
        await handle.write(chunk as Buffer, 0, undefined, at);
        at += (chunk as Buffer).length;
      }
      if (BigInt(at) + segmentStart(piece.from) !== piece.to)
        throw new Error(`The piece ${pieceName(piece)} of the log is shorter than its name says`);
    } finally {
      await handle.close();
    }
  }
}

/**
 * A restored database goes on as a timeline of its own: PostgreSQL takes the first behind that of the backup of which
 * it finds no history. What earlier restores have sent to the backup store has none there, so it is named here: two
 * lives of one number would mix their logs. Nothing reads what is in it.
 */
async function reserveTimelines(stored: readonly Piece[], timeline: number, folder: string): Promise<void> {
  const newest = stored.reduce((most, piece) => Math.max(most, piece.timeline), timeline);
  for (let taken = timeline + 1; taken <= newest; taken++)
    await writeFile(join(folder, `${segmentName(taken, 0n).slice(0, 8)}.history`), '');
}

/** Started as root, the database runs under an account of its own, which has to own all of it. */
export async function giveToAccount(cluster: string): Promise<void> {
  const account = databaseAccount(cluster);
  if (!account) return;
  await chown(cluster, account.uid, account.gid);
  for (const entry of await readdir(cluster, { recursive: true }))
    await chown(join(cluster, entry), account.uid, account.gid);
}

const isFileTooLarge = (error: unknown) => error instanceof FileError && error.code === 'file_too_large';

/** A disk cannot read one of its blocks; that a store is away is something else. */
const unreadable_codes = ['EIO', 'EBADMSG', 'EUCLEAN'];
const isUnreadable = (error: unknown): boolean =>
  [error, (error as Error).cause].some((each) =>
    unreadable_codes.includes((each as NodeJS.ErrnoException | undefined)?.code ?? ''),
  );

/**
 * Keys of files that a restore could not bring back: the backup store does not have them, or what it has is damaged.
 */
export interface LostFiles {
  missing: string[];
  damaged: string[];
}

/**
 * Puts the files of a restored database into its store. One that cannot be had back is named, and keeps no other from
 * being restored.
 */
export async function restoreFiles(
  ownerUrl: string,
  backups: BackupStore,
  store: FileStore,
): Promise<LostFiles & { count: number }> {
  const there = new Set(await backups.list('file'));
  const admin = await connectAsSystem(ownerUrl, 'holdfast-restore');
  const total = { count: 0, missing: [] as string[], damaged: [] as string[] };
  try {
    for await (const { storage_key, size_bytes } of allFiles(admin)) {
      if (!there.has(nameOf(storage_key))) {
        total.missing.push(storage_key);
        continue;
      }
      // A bucket may have outlived the machine.
      if ((await store.head(storage_key))?.sizeBytes === size_bytes) continue;
      let isReadable = true;
      const noteSource = (error: unknown) => {
        isReadable = !isUnreadable(error);
      };
      try {
        const body = await backups.get('file', nameOf(storage_key)).catch((error: unknown) => {
          noteSource(error);
          throw error;
        });
        body.on('error', noteSource);
        await store.put(storage_key, body, { contentType: 'application/octet-stream', sizeBytesMax: size_bytes });
        total.count++;
      } catch (error) {
        // Deleted since they were listed.
        if (isFileNotFound(error)) total.missing.push(storage_key);
        else if (error instanceof VaultError || isFileTooLarge(error) || !isReadable) total.damaged.push(storage_key);
        else throw error;
      }
    }
  } finally {
    await admin.end();
  }
  return total;
}
