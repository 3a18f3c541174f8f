import type { BackupStore } from './backup-store.ts';
import { newestFirst, timeOfBackup } from './contents.ts';
import { deleteTables } from './logical/take.ts';
import { parseLsn, parsePiece, segmentStart } from './lsn.ts';
import { readManifests } from './manifest.ts';

const kept_min = 3;
/** No backup takes that long: what one that began before left unfinished, nobody finishes any more. */
const unfinished_ms_min = 2 * 86_400_000;

/**
 * Deletes backups older than so many days, but for the last three, and the log that no other needs. What a backup holds
 * goes first: without it the rest is none. One that cannot be read goes by its age too, as long as three others can be;
 * until then the log stays, because it may need any of it.
 */
export async function deleteOldBackups(
  backups: BackupStore,
  days: number,
): Promise<{ backups: string[]; pieces: number; leftovers: number }> {
  const oldest = new Date(Date.now() - days * 86_400_000);
  const { manifests, unreadable } = await readManifests(backups);
  const newest = new Set(newestFirst(manifests.map(({ id }) => id)).slice(0, kept_min));
  const old = manifests.filter(({ id, at }) => !newest.has(id) && new Date(at) < oldest);
  const lost = manifests.length < kept_min ? [] : unreadable.filter(({ id }) => timeOfBackup(id) < oldest.getTime());
  const deleted = [...old, ...lost].map(({ id }) => id);
  for (const id of deleted) for (const kind of ['backup', 'proof', 'base'] as const) await backups.delete(kind, id);
  const gone = new Set([...old.filter(({ kind }) => kind === 'logical'), ...lost].map(({ id }) => id));
  if (gone.size > 0) await deleteTables(backups, (id) => gone.has(id));
  const kept = manifests.flatMap((manifest) => (manifest.kind === 'base' && !old.includes(manifest) ? [manifest] : []));
  const needed = (piece: ReturnType<typeof parsePiece>) =>
    kept.some(
      ({ timeline, start_lsn }) =>
        timeline < piece.timeline || (timeline === piece.timeline && segmentStart(parseLsn(start_lsn)) < piece.to),
    );
  const isKnown = kept.length > 0 && lost.length === unreadable.length;
  const unneeded = !isKnown ? [] : (await backups.list('wal')).filter((name) => !needed(parsePiece(name)));
  for (const name of unneeded) await backups.delete('wal', name);
  return { backups: deleted, pieces: unneeded.length, leftovers: await deleteLeftovers(backups) };
}

/** Parts of uploads that broke off. A store may refuse to list them. */
export const deleteUnfinishedUploads = (backups: BackupStore): Promise<number> =>
  backups.deleteUnfinished(new Date(Date.now() - unfinished_ms_min));

/** Copies of the database whose backup was never finished, or is deleted but for them because this was killed. */
const deleteLeftovers = (backups: BackupStore): Promise<number> =>
  deleteCopies(backups, Date.now() - unfinished_ms_min);

/**
 * The same whatever its age, and what a copy had got to that was killed: for whoever knows that no backup is being
 * made.
 */
export async function deleteUnfinishedCopies(backups: BackupStore): Promise<number> {
  const unfinished = await deleteCopies(backups, Number.POSITIVE_INFINITY);
  return unfinished + (await backups.deleteUnfinished(new Date(), 'base'));
}

async function deleteCopies(backups: BackupStore, before: number): Promise<number> {
  const old = (await backups.list('base')).filter((id) => timeOfBackup(id) < before);
  const complete = new Set(await backups.list('backup'));
  const unfinished = old.filter((id) => !complete.has(id));
  for (const id of unfinished) await backups.delete('base', id);
  return unfinished.length;
}
