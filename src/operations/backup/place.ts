import { stat } from 'node:fs/promises';
import type { Config } from '../../kernel/config/config.ts';
import { type BackupStore, hasBackupStore } from './backup-store.ts';

/** Where backups are, for people. */
export interface BackupPlace {
  /** A folder, or a bucket with its server. */
  where: string;
  /** It is on the disk of the data directory, with which it would be lost. */
  same_disk: boolean;
}

export async function backupPlace(config: Config): Promise<BackupPlace | null> {
  if (!hasBackupStore(config)) return null;
  const { BACKUP_DIR, BACKUP_S3_BUCKET, BACKUP_S3_ENDPOINT } = config;
  if (BACKUP_DIR === undefined)
    return { where: `${BACKUP_S3_BUCKET} (${new URL(BACKUP_S3_ENDPOINT!).host})`, same_disk: false };
  return { where: BACKUP_DIR, same_disk: await isOnDiskOfData(config, BACKUP_DIR) };
}

/** Of a folder that cannot be looked at nothing is said: others say why. */
async function isOnDiskOfData({ HOLDFAST_DATA }: Config, folder: string): Promise<boolean> {
  const [data, backups] = await Promise.all([stat(HOLDFAST_DATA), stat(folder)].map((one) => one.catch(() => null)));
  return data != null && backups != null && data.dev === backups.dev;
}

/** What the backups of this installation take in the store. */
export async function storedBytes(backups: BackupStore): Promise<number> {
  let bytes = 0;
  for await (const { sizeBytes } of backups.store.list(backups.installation)) bytes += sizeBytes;
  return bytes;
}

/**
 * The command that brings all back on a new machine, where key and settings are in the folder `data`; null where
 * another tool has the database.
 */
export function restoreCommand({ DATABASE_URL, BACKUP_RESTORE_COMMAND }: Config): string | null {
  if (BACKUP_RESTORE_COMMAND) return null;
  return DATABASE_URL ? 'bin/holdfast restore --into-database' : 'bin/holdfast restore --to data';
}
