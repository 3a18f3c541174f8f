import type { Config } from '../../kernel/config/config.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { hasBackupStore } from './backup-store.ts';
import { type CataloguedBackup, openOwnBackups, readCatalogue } from './catalogue.ts';
import type { BackupManifest } from './manifest.ts';
import type { Proof } from './prove.ts';
import { slot_name } from './wal.ts';

/** Of the write-ahead log on its way to the backup store. */
export interface Shipping {
  active: boolean;
  behind_bytes: number;
  /** Since when nothing is shipped; null while it is, and when nothing ever was. */
  inactive_since: string | null;
}

export interface BackupStatus {
  /** `elsewhere`: there is no backup store for the PostgreSQL at DATABASE_URL, which may be backed up where it runs. `no_store`: none is configured. */
  state: 'kept' | 'no_store' | 'elsewhere';
  /** Logical ones hold the moments that they were made at, and nothing between or after. */
  kind: BackupManifest['kind'];
  /** Newest first. */
  backups: CataloguedBackup[];
  last_proven: Proof | null;
  shipping: Shipping | null;
}

const shown_max = 30;

/** How well the installation could be had back. Fails when the backup store does not answer. */
export async function backupStatus(config: Config, masterKeys: MasterKeys, db: Database): Promise<BackupStatus> {
  const kind = config.DATABASE_URL ? 'logical' : 'base';
  const nothing: Omit<BackupStatus, 'state'> = { kind, backups: [], last_proven: null, shipping: null };
  if (!hasBackupStore(config)) return { state: kind === 'logical' ? 'elsewhere' : 'no_store', ...nothing };
  const store = await openOwnBackups(config, masterKeys);
  if (!store) return { state: 'elsewhere', ...nothing };
  try {
    const backups = await readCatalogue(store, shown_max);
    const last_proven = backups.find(({ proof }) => proof?.passed)?.proof ?? null;
    const shipping = kind === 'base' ? await readShipping(db) : null;
    return { state: 'kept', kind, backups, last_proven, shipping };
  } finally {
    store.store.close();
  }
}

async function readShipping(db: Database): Promise<Shipping> {
  const [row] = await db.call<Shipping>(sql`
    select active, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::float8 as behind_bytes, inactive_since
    from pg_replication_slots where slot_name = ${slot_name}`);
  return row ?? { active: false, behind_bytes: 0, inactive_since: null };
}
