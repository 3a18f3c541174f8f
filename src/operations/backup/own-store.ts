import { problems } from '../../kernel/errors/problem.ts';
import { connectAsSystem } from '../connection.ts';
import type { BackupStore } from './backup-store.ts';
import { timeOfBackup } from './contents.ts';
import { ifDamaged, readManifest } from './manifest.ts';

/**
 * Throws where the database is a pseudonymised copy and the store holds backups of another. A restored copy has the
 * identifier of the original, so in its store it would take the place of the original: its log and its backups would be
 * those that a recovery finds. Its own backups tell: all are younger than the copy, and its key opens one at least.
 * (Some may be damaged.)
 */
export async function refuseStoreOfOriginal(ownerUrl: string, backups: BackupStore): Promise<void> {
  const copy = await readCopy(ownerUrl);
  if (!copy) return;
  const ids = await backups.list('backup');
  if (ids.length === 0 || (await areOwn(ids, copy, backups))) return;
  throw problems.conflict(
    'This is a pseudonymised copy, and the backup store holds backups of another database, probably of its original: nothing is written there. Start the copy without BACKUP_DIR and BACKUP_S3_…, or give it a backup store of its own.',
  );
}

interface Copy {
  /** Null while real people are in it. */
  replaced_at: Date | null;
}

async function areOwn(ids: readonly string[], { replaced_at }: Copy, backups: BackupStore): Promise<boolean> {
  if (!replaced_at || !ids.every((id) => timeOfBackup(id) >= replaced_at.getTime())) return false;
  for (const id of ids) {
    const isOpen = await ifDamaged(
      readManifest(backups, id).then(() => true),
      () => false,
    );
    if (isOpen) return true;
  }
  return false;
}

/** Undefined for what is no copy, and for the database of a Holdfast that knew none. */
async function readCopy(ownerUrl: string): Promise<Copy | undefined> {
  const client = await connectAsSystem(ownerUrl, 'holdfast-backup');
  try {
    const { rows: known } = await client.query(`select to_regclass('public.pseudonymised_copy') is not null as known`);
    if (!known[0].known) return undefined;
    const { rows } = await client.query<Copy>('select replaced_at from public.pseudonymised_copy');
    return rows[0];
  } finally {
    await client.end();
  }
}
