import { randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { mkdir, open, opendir, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  checkKey,
  checkPrefix,
  checkRange,
  FileError,
  type FileInfo,
  type FileStore,
  fileNotFound,
  isKeySegment,
  measure,
  measureBytes,
  type StoredFile,
} from './file-store.ts';

const key_segments = 3;
const leftover_ms_min = 24 * 3600 * 1000;

/**
 * Files in a folder that no other account may read. A file is written under a temporary name, synced to the disk, and
 * then renamed.
 */
export function createFolderStore(folder: string, name = 'file store'): FileStore {
  const root = resolve(folder);
  // The dot keeps it apart from all keys.
  const incoming = join(root, '.incoming');
  mkdirSync(incoming, { recursive: true, mode: 0o700 });
  // Deletes what a killed process left unfinished. A failure to clean up must not stop anybody from working.
  removeLeftovers(incoming, new Date(Date.now() - leftover_ms_min)).catch(() => undefined);

  const syncFolder = sharedSyncs();
  const pathOf = (key: string) => join(root, checkKey(key));

  async function head(key: string): Promise<FileInfo | undefined> {
    const found = await ifThere(stat(pathOf(key)));
    return found && { sizeBytes: found.size, modifiedAt: found.mtime };
  }

  async function* walk(segments: string[]): AsyncGenerator<FileInfo & { key: string }> {
    const entries = await ifThere(opendir(join(root, ...segments)));
    for await (const { name } of entries ?? []) {
      if (!isKeySegment(name)) continue;
      const deeper = [...segments, name];
      if (deeper.length < key_segments) {
        yield* walk(deeper);
        continue;
      }
      const key = deeper.join('/');
      const info = await head(key);
      if (info) yield { key, ...info };
    }
  }

  return {
    async put(key, body, { sizeBytesMax }) {
      const path = pathOf(key);
      const temporary = join(incoming, `${dotted(key)}.${randomUUID()}`);
      const move = () => moveInto(path, temporary, syncFolder);
      const failed = (error: unknown) => {
        throw failureOf(error, name);
      };
      try {
        const stored = await write(temporary, body, sizeBytesMax, failed);
        // Once more, should the folder go in between because it is empty.
        await move().catch(move).catch(failed);
        return stored;
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },

    async get(key, { range } = {}) {
      if (range) checkRange(range);
      const path = pathOf(key);
      const handle = await ifThere(open(path)).catch((error) => {
        throw failureOf(error, name);
      });
      if (!handle) throw fileNotFound(key);
      try {
        const { size } = await handle.stat();
        if (range && range.start >= size) {
          throw new FileError('range_not_satisfiable', `The file ends before byte ${range.start}`);
        }
        return handle.createReadStream({ start: range?.start, end: range?.end });
      } catch (error) {
        await handle.close();
        throw error;
      }
    },

    head,

    async delete(key) {
      await rm(pathOf(key), { force: true });
    },

    list: (prefix) => walk(prefix === undefined ? [] : checkPrefix(prefix).split('/')),

    async deleteUnfinished(before, prefix) {
      const segments = prefix === undefined ? [] : checkPrefix(prefix).split('/');
      await removeEmptyFolders(root, segments, before);
      return removeLeftovers(incoming, before, prefix);
    },

    close: () => undefined,
  };
}

/** `failed` throws what went wrong on this disk, rather than with the body. */
async function write(
  path: string,
  body: Readable | Uint8Array,
  sizeBytesMax: number,
  failed: (error: unknown) => never,
): Promise<StoredFile> {
  const created = { mode: 0o600, flush: true };
  if (body instanceof Uint8Array) {
    const stored = measureBytes(body, sizeBytesMax);
    await writeFile(path, body, { ...created, flag: 'wx' }).catch(failed);
    return stored;
  }
  const measured = measure(body, sizeBytesMax);
  await pipeline(measured.stream, createWriteStream(path, { ...created, flags: 'wx' })).catch((error) => {
    const ofBody = measured.failure();
    if (ofBody) throw ofBody;
    failed(error);
  });
  return measured.result();
}

/** The error of the disk, without the path. */
function failureOf(cause: unknown, name: string): unknown {
  const { code, errno } = cause as NodeJS.ErrnoException;
  if (errno === undefined) return cause;
  const what = code === 'ENOSPC' || code === 'EDQUOT' ? 'its disk is full' : code;
  return new FileError('store_unavailable', `The ${name} failed: ${what}`, { cause });
}

async function ifThere<Result>(look: Promise<Result>): Promise<Result | undefined> {
  try {
    return await look;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function moveInto(path: string, temporary: string, syncFolder: (folder: string) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  let created: string | undefined;
  await rename(temporary, path).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    created = await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(temporary, path);
  });
  // A new name survives a power failure only after its folder is synced to the disk, and so on up to a folder that was
  // there before.
  const highest = created ? dirname(created) : folder;
  for (let each = folder; ; each = dirname(each)) {
    await syncFolder(each);
    if (each === highest) return;
  }
}

/**
 * Syncs folders to the disk. Whoever asks while a sync of the same folder runs shares the next one with all others that
 * ask meanwhile: it is for all changes before it began.
 */
function sharedSyncs(): (folder: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const next = new Map<string, Promise<void>>();
  const begin = async (folder: string) => {
    await running.get(folder)?.catch(() => undefined);
    next.delete(folder);
    const sync = syncToDisk(folder).finally(() => {
      if (running.get(folder) === sync) running.delete(folder);
    });
    running.set(folder, sync);
    return sync;
  };
  return (folder) => {
    const shared = next.get(folder) ?? begin(folder);
    next.set(folder, shared);
    return shared;
  };
}

async function syncToDisk(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Those of tenants and of kinds of files, which bear the id of a tenant when it is gone. Nothing has changed in them
 * since `before`.
 */
async function removeEmptyFolders(root: string, segments: string[], before: Date): Promise<void> {
  const folder = join(root, ...segments);
  const info = await ifThere(stat(folder));
  if (!info?.isDirectory()) return;
  if (segments.length < key_segments - 1)
    for (const name of await readdir(folder))
      if (isKeySegment(name)) await removeEmptyFolders(root, [...segments, name], before);
  // Where something is in it, or somebody else's, it stays.
  if (segments.length > 0 && info.mtimeMs < before.getTime()) await rmdir(folder).catch(() => {});
}

/** A key has no dots. */
const dotted = (key: string) => key.replaceAll('/', '.');

async function removeLeftovers(incoming: string, before: Date, prefix?: string): Promise<number> {
  let removed = 0;
  for (const name of await readdir(incoming)) {
    if (prefix !== undefined && !name.startsWith(`${dotted(checkPrefix(prefix))}.`)) continue;
    const path = join(incoming, name);
    const found = await ifThere(stat(path));
    if (!found || found.mtimeMs >= before.getTime()) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}
