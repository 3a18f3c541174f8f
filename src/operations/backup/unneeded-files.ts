import { isFileNotFound } from '../../kernel/files/file-store.ts';
import { connectAsSystem } from '../connection.ts';
import type { BackupStore } from './backup-store.ts';
import { isAhead, timeOfBackup } from './contents.ts';
import { allFiles, nameOf } from './files.ts';
import { ifDamaged } from './manifest.ts';

/** Between the clocks of those who make backups, and for a transaction that began before. */
const margin_ms = 24 * 3_600_000;
/** What one run remembers at most; the next goes on. */
const remembered_max = 500_000;
const object_name = 'files';

/** Since when the database names a file no more, by its name in the backup store. */
type Unneeded = Record<string, string>;

/**
 * Deletes files of the backup store that no kept backup can lead to: those that the database had stopped to name before
 * the oldest of them began. A backup leads to its own moment and to all after it, and no file comes back under a key
 * that was deleted. Without any backup nothing is deleted. One that is damaged counts too, by its name: it may be
 * brought back from a copy of the store.
 */
export async function deleteUnneededFiles(
  ownerUrl: string,
  backups: BackupStore,
  at: Date,
): Promise<{ rows: number; bytes: number; waiting: number }> {
  // In this order: what is stored was named by a committed row before, so what is not named now was deleted since.
  const stored = await backups.listInfo('file');
  const unnamed = new Set(stored.keys());
  const client = await connectAsSystem(ownerUrl, 'holdfast-backup');
  try {
    await client.query('begin isolation level repeatable read read only');
    for await (const { storage_key } of allFiles(client)) unnamed.delete(nameOf(storage_key));
  } finally {
    await client.end();
  }
  const known = await readUnneeded(backups);
  const unneeded = new Map(
    [...unnamed].slice(0, remembered_max).map((name) => [name, known[name] ?? at.toISOString()] as const),
  );
  const began = (await backups.list('backup')).map(timeOfBackup);
  // When one began that was made while the clock was ahead, nobody knows.
  const isKnown = began.length > 0 && !began.some((moment) => isAhead(moment, at.getTime()));
  const oldest = isKnown ? Math.min(...began) : Number.NaN;
  const deleted = { rows: 0, bytes: 0 };
  // Noted first: a file that is gone but noted is harmless, one that is back must not be deleted by an old note.
  await backups.putJson('unneeded', object_name, Object.fromEntries(unneeded));
  for (const [name, since] of unneeded) {
    // Without a backup that is never so, nor with one of which no time is known.
    if (!(Date.parse(since) + margin_ms <= oldest)) continue;
    await backups.delete('file', name);
    unneeded.delete(name);
    deleted.rows++;
    deleted.bytes += stored.get(name)!.sizeBytes;
  }
  if (deleted.rows > 0) await backups.putJson('unneeded', object_name, Object.fromEntries(unneeded));
  return { ...deleted, waiting: unneeded.size };
}

async function readUnneeded(backups: BackupStore): Promise<Unneeded> {
  try {
    // Without the notes, each file waits as if it was found today.
    return await ifDamaged(backups.getJson<Unneeded>('unneeded', object_name), () => ({}));
  } catch (error) {
    if (isFileNotFound(error)) return {};
    throw error;
  }
}
