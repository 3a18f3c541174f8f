import type { Config } from '../../kernel/config/config.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { ownDatabase } from './backup.ts';
import { BackupStore, backupRing, openBackupFiles } from './backup-store.ts';
import { type BackupManifest, readManifest } from './manifest.ts';
import type { Proof } from './prove.ts';
import { identify } from './wal.ts';

export interface CataloguedBackup {
  backup: BackupManifest;
  /** Of the last restore of it that was tried. */
  proof: Proof | null;
}

/** The backups of the installation whose database runs here; undefined where it makes none. To be closed by `store.close()`. */
export async function openOwnBackups(config: Config, masterKeys: MasterKeys): Promise<BackupStore | undefined> {
  const superuserUrl = ownDatabase(config);
  if (!superuserUrl) return undefined;
  const { installation } = await identify(superuserUrl);
  const store = openBackupFiles(config);
  return store && new BackupStore(store, installation, backupRing(masterKeys));
}

/** The newest backups, newest first. */
export async function readCatalogue(
  backups: BackupStore,
  count_max = Number.POSITIVE_INFINITY,
): Promise<CataloguedBackup[]> {
  const proven = new Set(await backups.list('proof'));
  const newest = (await backups.list('backup')).reverse().slice(0, count_max);
  return Promise.all(
    newest.map(async (id) => ({
      backup: await readManifest(backups, id),
      proof: proven.has(id) ? await backups.getJson<Proof>('proof', id) : null,
    })),
  );
}
