import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stopEmbedded } from '../../kernel/database/embedded.ts';
import { problems } from '../../kernel/errors/problem.ts';
import { lockFolder } from '../../kernel/folder-lock.ts';

/**
 * A folder for a database that is restored beside the installation, into its `data`. One at a time; what an earlier one
 * that was killed has left is cleared away.
 */
export async function withScratch<R>(parent: string, busy: string, work: (dir: string) => Promise<R>): Promise<R> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const lock = lockFolder(parent);
  if (!lock) throw problems.conflict(busy);
  const dir = join(parent, 'scratch');
  const clear = async () => {
    await stopEmbedded(join(dir, 'data'), () => {});
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await clear();
    await mkdir(dir, { mode: 0o700 });
    return await work(dir);
  } finally {
    await clear();
    lock.release();
  }
}

/** Where copies of the database lie, and their `data`. */
const copies = [
  ['proof', 'data', '.'],
  ['restore-tenant', 'scratch', 'data'],
  ['rehearsal', 'scratch', 'data'],
] as const;

/**
 * Removes the copies of those that were killed, and the PostgreSQL that still runs on them: the next of their kind
 * would, and that may never come, while a copy takes the room of the whole database. Answers how many those were.
 */
export async function removeLeftCopies(dataDir: string): Promise<number> {
  let removed = 0;
  for (const [kind, name, data] of copies) {
    const dir = join(dataDir, kind, name);
    if (!existsSync(dir)) continue;
    const lock = lockFolder(join(dataDir, kind));
    // It is in use.
    if (!lock) continue;
    try {
      await stopEmbedded(join(dir, data), () => {});
      await rm(dir, { recursive: true, force: true });
      removed++;
    } finally {
      lock.release();
    }
  }
  return removed;
}
