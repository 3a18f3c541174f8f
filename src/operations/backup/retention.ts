import type { BackupStore } from './backup-store.ts';
import { deleteTables } from './logical/take.ts';
import { parseLsn, parsePiece, segmentStart } from './lsn.ts';
import { type BackupManifest, readManifest } from './manifest.ts';

const kept_min = 3;

/** Deletes backups older than so many days, but for the last three, and the log that no other needs. What a backup holds goes first: without it the rest is none. */
export async function deleteOldBackups(
  backups: BackupStore,
  days: number,
): Promise<{ backups: string[]; pieces: number }> {
  const oldest = new Date(Date.now() - days * 86_400_000);
  const manifests: BackupManifest[] = [];
  for (const id of await backups.list('backup')) manifests.push(await readManifest(backups, id));
  const old = manifests.slice(0, -kept_min).filter(({ at }) => new Date(at) < oldest);
  for (const { id } of old) for (const kind of ['backup', 'proof', 'base'] as const) await backups.delete(kind, id);
  const gone = new Set(old.filter(({ kind }) => kind === 'logical').map(({ id }) => id));
  if (gone.size > 0) await deleteTables(backups, (id) => gone.has(id));
  const kept = manifests.flatMap((manifest) => (manifest.kind === 'base' && !old.includes(manifest) ? [manifest] : []));
  const needed = (piece: ReturnType<typeof parsePiece>) =>
    kept.some(
      ({ timeline, start_lsn }) =>
        timeline < piece.timeline || (timeline === piece.timeline && segmentStart(parseLsn(start_lsn)) < piece.to),
    );
  const unneeded = kept.length === 0 ? [] : (await backups.list('wal')).filter((name) => !needed(parsePiece(name)));
  for (const name of unneeded) await backups.delete('wal', name);
  return { backups: old.map(({ id }) => id), pieces: unneeded.length };
}
