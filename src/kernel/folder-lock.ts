import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const sqlite_busy = 5;
export const lock_file = 'holdfast.lock';
/** Whoever looks whether somebody has a folder is done by then. */
export const look_ms_max = 1_000;

/**
 * A folder belongs to one process at a time: a data directory, a copy that is proven, a workbook that is read. Node
 * offers no file lock of its own; SQLite's is one the kernel gives up the moment the process dies, however it dies, so
 * nothing stale is left and a reused process id cannot fool it. Returns undefined when another process holds it, also
 * after waiting so long.
 */
export function lockFolder(folder: string, { waitMs = 0 } = {}): { release(): void } | undefined {
  const file = new DatabaseSync(join(folder, lock_file), { timeout: waitMs });
  try {
    // Nothing is written: on a full disk SQLite would say that a database is full.
    file.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    file.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  return { release: () => file.close() };
}

/**
 * Whether a process holds it. Whoever looks shares a lock with others who look, and for a moment keeps one from taking
 * it who does not wait.
 */
export function isFolderLocked(folder: string): boolean {
  const file = new DatabaseSync(join(folder, lock_file));
  try {
    file.exec('select count(*) from sqlite_schema');
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    file.close();
  }
}

const isBusy = (error: unknown): boolean => (error as { errcode?: number }).errcode === sqlite_busy;
