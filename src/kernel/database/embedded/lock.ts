import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const sqlite_busy = 5;
export const lock_file = 'holdfast.lock';

/**
 * One Holdfast per data directory. Node offers no file lock of its own; SQLite's is one the kernel gives up the
 * moment the process dies, however it dies, so nothing stale is left and a reused process id cannot fool it.
 * Returns undefined when another process holds it.
 */
export function lockDataDir(dataDir: string): { release(): void } | undefined {
  const file = new DatabaseSync(join(dataDir, lock_file));
  try {
    // Nothing is written: on a full disk SQLite would say that a database is full.
    file.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    file.close();
    if ((error as { errcode?: number }).errcode === sqlite_busy) return undefined;
    throw error;
  }
  return { release: () => file.close() };
}
