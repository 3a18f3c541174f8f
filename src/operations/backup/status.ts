import type { Config } from '../../kernel/config/config.ts';
import { type Database, sql } from '../../kernel/database/database.ts';
import { Problem, problems } from '../../kernel/errors/problem.ts';
import { redactText } from '../../kernel/logs/redact.ts';
import type { MasterKeys } from '../../kernel/vault/master-key.ts';
import { type BackupStore, hasBackupStore } from './backup-store.ts';
import { type Catalogue, openOwnBackups, readCatalogue, readTimeProofs } from './catalogue.ts';
import { isAhead } from './contents.ts';
import { type Archiver, archiverText } from './foreign/mark.ts';
import { type LogArchive, readLogArchive } from './log-archive.ts';
import { type Loss, readLoss } from './loss.ts';
import type { BackupManifest } from './manifest.ts';
import type { Proof } from './prove.ts';
import type { TimeProof } from './time-proof.ts';
import { slot_name } from './wal.ts';

/** How far the write-ahead log is on its way to the backup store. */
export interface Shipping {
  active: boolean;
  behind_bytes: number;
  /** Since when nothing is shipped; null while it is, and when nothing ever was. */
  inactive_since: string | null;
  /**
   * By when the archive of another tool had the log; null where that is not known, and of our own log, which follows
   * within seconds.
   */
  archived_at?: string | null;
  /** As the log that is sent to the backup store was measured; null before it was, absent where another tool has it. */
  loss?: Loss | null;
}

export interface BackupStatus {
  /**
   * `elsewhere`: there is no backup store for the PostgreSQL at DATABASE_URL, which may be backed up where it runs.
   * `no_store`: none is configured.
   */
  state: 'kept' | 'no_store' | 'elsewhere';
  /**
   * Logical ones hold the moments that they were made at, and nothing between or after. Of a mark the database is in
   * the backups of another tool.
   */
  kind: BackupManifest['kind'];
  /** Newest first, as those that cannot be read. */
  backups: Catalogue['backups'];
  unreadable: Catalogue['unreadable'];
  last_proven: Proof | null;
  /** Proofs of restores to single seconds, newest first. */
  time_proofs: TimeProof[];
  shipping: Shipping | null;
  /**
   * Whether the log that was sent is whole, and what that leads to; null where there is none, and before it was looked
   * at.
   */
  archive: LogArchive | null;
}

const shown_max = 30;
const times_shown_max = 10;

/**
 * How well the installation could be had back. Fails with a problem that says why when the backup store does not
 * answer.
 */
export async function backupStatus(
  config: Config,
  masterKeys: MasterKeys,
  db: Database,
  readArchive: (store: BackupStore) => Promise<LogArchive | null> = readLogArchive,
): Promise<BackupStatus> {
  const kind = config.DATABASE_URL ? (config.BACKUP_RESTORE_COMMAND ? 'mark' : 'logical') : 'base';
  const nothing: Omit<BackupStatus, 'state'> = {
    kind,
    backups: [],
    unreadable: [],
    last_proven: null,
    time_proofs: [],
    shipping: null,
    archive: null,
  };
  if (!hasBackupStore(config)) return { state: kind === 'base' ? 'no_store' : 'elsewhere', ...nothing };
  const store = await readable(openOwnBackups(config, masterKeys));
  if (!store) return { state: 'elsewhere', ...nothing };
  try {
    const [{ backups, unreadable }, time_proofs] = await readable(readStore(store));
    const last_proven = newestPassed([...backups.map(({ proof }) => proof), ...time_proofs]);
    const shipping =
      kind === 'base'
        ? { ...(await readShipping(db)), loss: await readLoss(config) }
        : kind === 'mark'
          ? await readArchiving(db)
          : null;
    const archive = kind === 'base' ? await readable(readArchive(store)) : null;
    return { state: 'kept', kind, backups, unreadable, last_proven, time_proofs, shipping, archive };
  } finally {
    store.store.close();
  }
}

const readStore = (store: BackupStore) =>
  Promise.all([readCatalogue(store, shown_max), readTimeProofs(store, times_shown_max)]);

/** Whoever looks at night has to hear what is wrong with the store, and not the number of an error. */
export async function readable<R>(reading: Promise<R>): Promise<R> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw problems.unavailable(
      `The backup store cannot be read: ${redactText((error as Error).message)}. Look whether the folder of BACKUP_DIR is there and can be read, or the store of BACKUP_S3_… answers.`,
    );
  }
}

/** One of the future only where there is no other: how old it is, nobody knows. */
function newestPassed(proofs: (Proof | null)[]): Proof | null {
  const passed = proofs.filter((proof) => proof !== null).filter((proof) => proof.passed);
  const known = passed.filter(({ began_at }) => !isAhead(Date.parse(began_at)));
  return (known.length > 0 ? known : passed).toSorted((a, b) => (a.began_at < b.began_at ? 1 : -1))[0] ?? null;
}

async function readShipping(db: Database): Promise<Shipping> {
  const [row] = await db.call<Shipping>(sql`
    select active, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::float8 as behind_bytes, inactive_since
    from pg_replication_slots where slot_name = ${slot_name}`);
  return row ?? { active: false, behind_bytes: 0, inactive_since: null };
}

/** Null where the server itself archives nothing, and a tool receives the log as a stream. */
async function readArchiving(db: Database): Promise<Shipping | null> {
  const [archiver] = await db.call<Archiver>(sql.raw(archiverText));
  if (!archiver?.on) return null;
  const { last_ms, failed_ms } = archiver;
  const archived_at = last_ms === null ? null : new Date(last_ms).toISOString();
  const active = failed_ms === null || failed_ms <= (last_ms ?? 0);
  return {
    active,
    behind_bytes: 0,
    inactive_since: active ? null : (archived_at ?? new Date(failed_ms).toISOString()),
    archived_at,
  };
}
