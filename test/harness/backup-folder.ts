import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileStore } from '../../src/kernel/files/file-store.ts';
import { createFolderStore } from '../../src/kernel/files/folder-store.ts';
import { BackupStore, backupRing } from '../../src/operations/backup/backup-store.ts';

/**
 * Works with an empty backup store in a folder, sealed with a key of its own. `change`: what is special about how it
 * keeps its files.
 */
export async function withBackups(
  work: (backups: BackupStore, folder: string) => Promise<void>,
  change: (store: FileStore) => Partial<FileStore> = () => ({}),
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-backups-'));
  const masterKeys = { current: 1, keys: new Map([[1, createSecretKey(randomBytes(32))]]) };
  const store = createFolderStore(folder);
  const backups = new BackupStore({ ...store, ...change(store) }, '7000000000000000001', backupRing(masterKeys));
  await work(backups, folder).finally(() => rm(folder, { recursive: true }));
}
