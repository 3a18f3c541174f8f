import { LRUCache } from 'lru-cache';
import type { Config } from '../../kernel/config/config.ts';
import type { FileInfo } from '../../kernel/files/file-store.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { ownDatabase } from './backup.ts';
import { BackupStore, backupRing, hasBackupStore, openBackupFiles } from './backup-store.ts';
import { newestFirst } from './contents.ts';
import { identifyDatabase } from './logical/take.ts';
import { type BackupManifest, ifDamaged, readManifest, type UnreadableBackup } from './manifest.ts';
import { refuseStoreOfOriginal } from './own-store.ts';
import type { Proof, TimeProof } from './proof.ts';
import { identify } from './wal.ts';

type Without<Manifest, Key extends string> = Manifest extends unknown ? Omit<Manifest, Key> : never;
type Details = 'database_password' | 'tenants' | 'segment' | 'migrations' | 'tables' | 'sequences' | 'partitions';

/** A manifest without what only a restore needs: the password, and the rows and hashes, which are many. */
export type BackupSummary = Without<BackupManifest, Details>;

export interface CataloguedBackup {
  backup: BackupSummary;
  /** The result of the last attempt to restore it. */
  proof: Proof | null;
  /** Why that cannot be read, which says nothing of the backup itself. */
  unreadable_proof?: string;
}

export interface Catalogue {
  backups: CataloguedBackup[];
  unreadable: UnreadableBackup[];
}

/**
 * The backups of the installation whose database runs here, or is at DATABASE_URL; undefined where it makes none. To be
 * closed by `store.close()`.
 */
export async function openOwnBackups(config: Config, masterKeys: MasterKeys): Promise<BackupStore | undefined> {
  if (!hasBackupStore(config)) return undefined;
  const ownerUrl = config.DATABASE_URL ?? ownDatabase(config);
  if (!ownerUrl) return undefined;
  const installation = config.DATABASE_URL ? await identifyDatabase(ownerUrl) : (await identify(ownerUrl)).installation;
  const backups = new BackupStore(openBackupFiles(config)!, installation, backupRing(masterKeys));
  try {
    await refuseStoreOfOriginal(ownerUrl, backups);
    return backups;
  } catch (error) {
    backups.store.close();
    throw error;
  }
}

const remembered_max = 200;
/** By name and version in the store, so that one that was written again or damaged is read again. */
const remembered = new LRUCache<string, BackupSummary | Proof>({ max: remembered_max });

/**
 * The newest backups, newest first. The page and the metrics read them again and again, so each is fetched and opened
 * once as long as it stays the same.
 */
export async function readCatalogue(backups: BackupStore, count_max = Number.POSITIVE_INFINITY): Promise<Catalogue> {
  const proofs = await backups.listInfo('proof');
  const newest = await newestOf(backups, 'backup', count_max);
  const found: Catalogue = { backups: [], unreadable: [] };
  const read = await Promise.all(
    newest.map(async ([id, info]) => {
      const proof = proofs.get(id);
      return {
        backup: await ifDamaged(
          once(backups, `backup/${id}`, info, async () => summaryOf(await readManifest(backups, id))),
          ({ message }): UnreadableBackup => ({ id, why: message }),
        ),
        proof: proof
          ? await ifDamaged(
              once(backups, `proof/${id}`, proof, () => backups.getJson<Proof>('proof', id)),
              ({ message }) => message,
            )
          : null,
      };
    }),
  );
  for (const { backup, proof } of read)
    if ('why' in backup) found.unreadable.push(backup);
    else if (typeof proof === 'string') found.backups.push({ backup, proof: null, unreadable_proof: proof });
    else found.backups.push({ backup, proof });
  return found;
}

async function newestOf(backups: BackupStore, kind: 'backup' | 'time-proof', count_max: number) {
  const found = await backups.listInfo(kind);
  return newestFirst(found.keys())
    .slice(0, count_max)
    .map((id) => [id, found.get(id)!] as const);
}

/** The newest proofs of single seconds that can be read, newest first. */
export async function readTimeProofs(backups: BackupStore, count_max = Number.POSITIVE_INFINITY): Promise<TimeProof[]> {
  const newest = await newestOf(backups, 'time-proof', count_max);
  const proofs = await Promise.all(
    newest.map(([id, info]) =>
      ifDamaged(
        once(backups, `time-proof/${id}`, info, () => backups.getJson<TimeProof>('time-proof', id)),
        () => undefined,
      ),
    ),
  );
  return proofs.filter((proof) => proof !== undefined);
}

export function summaryOf(manifest: BackupManifest): BackupSummary {
  if (manifest.kind === 'base') {
    const { database_password: _, tenants: __, ...summary } = manifest;
    return summary;
  }
  if (manifest.kind === 'mark') {
    const { tenants: _, segment: __, ...summary } = manifest;
    return summary;
  }
  const { tenants: _, migrations: __, tables: ___, sequences: ____, partitions: _____, ...summary } = manifest;
  return summary;
}

async function once<Value extends BackupSummary | Proof>(
  { installation }: BackupStore,
  name: string,
  { modifiedAt, sizeBytes }: FileInfo,
  read: () => Promise<Value>,
): Promise<Value> {
  const version = `${installation}/${name} ${modifiedAt.getTime()} ${sizeBytes}`;
  const value = (remembered.get(version) as Value | undefined) ?? (await read());
  remembered.set(version, value);
  return value;
}
