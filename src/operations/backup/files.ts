import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { type FileStore, isFileNotFound, measure, probe } from '../../kernel/files/file-store.ts';
import { connectAsSystem } from '../connection.ts';
import { nowhere } from '../tenant-archive/content.ts';
import type { BackupStore } from './backup-store.ts';
import type { BackupManifest } from './manifest.ts';

export interface BackedFile {
  storage_key: string;
  sha256: string;
  size_bytes: number;
}

const page_rows = 1_000;

/** A file never changes under its key, so one that is in the backup store stays as it is. */
export const nameOf = (storage_key: string): string => createHash('sha256').update(storage_key).digest('hex');

/**
 * Archived periods of the audit trail: what is in them is nowhere else. A restored database of an earlier version has
 * none.
 */
const archives = `union all (select storage_key, stored_sha256, stored_bytes from public.lifecycle_archive
  where storage_key > $1 and state not in ('writing', 'deleted') order by storage_key limit ${page_rows})`;

/** All files of a database, in the order of their keys. For a role that sees all workspaces. */
export async function* allFiles(client: pg.Client): AsyncGenerator<BackedFile> {
  const { rows: known } = await client.query(`select to_regclass('public.lifecycle_archive') is not null as known`);
  for (let last = ''; ; ) {
    const { rows } = await client.query<BackedFile>(
      `select storage_key, encode(sha256, 'hex') as sha256, size_bytes::float8 as size_bytes from (
         (select storage_key, sha256, size_bytes from public.file where storage_key > $1 order by storage_key limit ${page_rows})
         ${known[0].known ? archives : ''}
       ) f order by storage_key limit ${page_rows}`,
      [last],
    );
    yield* rows;
    if (rows.length < page_rows) return;
    last = rows.at(-1)!.storage_key;
  }
}

/** A file of the database that has no copy in the backup store, and why it could not be read from the file store. */
export interface MissingFile {
  storage_key: string;
  why: string;
}

const named_max = 100;

/** What a backup goes without, a line for each file up to a number of them. */
export function missingText(missing: readonly MissingFile[]): string[] {
  const lines = missing
    .slice(0, named_max)
    .map(({ storage_key, why }) => `The backup goes without the file ${storage_key}, which cannot be read: ${why}`);
  if (missing.length > named_max)
    lines.push(`It goes without ${missing.length - named_max} other files that cannot be read`);
  return lines;
}

interface CopiedFiles {
  count: number;
  bytes: number;
  missing: MissingFile[];
}

/** The files of a backup as its manifest records them. */
export const recordedFiles = ({ count, bytes, missing }: CopiedFiles): BackupManifest['files'] => ({
  count,
  bytes,
  missing: { count: missing.length, some: missing.slice(0, named_max).map(({ storage_key }) => storage_key) },
});

/**
 * Puts the files of a database that are not there yet into the backup store. One that cannot be read, or is deleted
 * meanwhile, is left out and named: it keeps neither the database nor the other files from being backed up. Nor does a
 * file store that is away, which is not asked for each file.
 */
export async function backUpFiles(
  client: pg.Client,
  store: FileStore,
  backups: BackupStore,
  ended: () => boolean = () => false,
): Promise<CopiedFiles> {
  const there = new Set(await backups.list('file'));
  const total: CopiedFiles = { count: 0, bytes: 0, missing: [] };
  let away: Error | undefined;
  for await (const { storage_key, size_bytes } of allFiles(client)) {
    if (ended()) break;
    total.count++;
    total.bytes += size_bytes;
    if (there.has(nameOf(storage_key))) continue;
    const failure = away ?? (await backUpFile(storage_key, store, backups));
    if (!failure) continue;
    total.missing.push({ storage_key, why: failure.message });
    if (!isFileNotFound(failure)) away ??= await whyAway(store);
  }
  return total;
}

const whyAway = (store: FileStore): Promise<Error | undefined> =>
  probe(store).then(
    () => undefined,
    (error: Error) => error,
  );

/**
 * The same as a whole: imported files have the times of the originals, so that who looks for new ones would not see
 * them.
 */
export async function backUpFilesOf(
  ownerUrl: string,
  store: FileStore,
  backups: BackupStore,
  say: (line: string) => void,
): Promise<void> {
  const client = await connectAsSystem(ownerUrl, 'holdfast-backup');
  const { missing } = await backUpFiles(client, store, backups).finally(() => client.end());
  for (const line of missingText(missing)) say(line);
}

/**
 * Answers why the file store does not give the file; undefined when it is in the backup store. What fails there is
 * thrown.
 */
export async function backUpFile(
  storage_key: string,
  store: FileStore,
  backups: BackupStore,
): Promise<Error | undefined> {
  let body: Readable;
  try {
    body = await store.get(storage_key);
  } catch (error) {
    return error as Error;
  }
  const measured = measure(body, Number.POSITIVE_INFINITY);
  try {
    await backups.put('file', nameOf(storage_key), measured.stream);
    return undefined;
  } catch (error) {
    const failure = measured.failure();
    if (failure === undefined) throw error;
    return failure as Error;
  }
}

/** The hash of a file as the backup store has it. */
export async function hashOf(backups: BackupStore, storage_key: string): Promise<string> {
  const measured = measure(await backups.get('file', nameOf(storage_key)), Number.POSITIVE_INFINITY);
  await pipeline(measured.stream, nowhere());
  return measured.result().sha256;
}
