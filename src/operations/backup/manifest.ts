import { Problem, problems } from '../../kernel/errors/problem.ts';
import { VaultError } from '../../kernel/vault/seal.ts';
import type { TableHash } from '../tenant-archive/content.ts';
import type { BackupStore } from './backup-store.ts';

/** The format of a base backup; one with a greater number was made by a newer Holdfast. */
export const manifest_format = 1;
/** The format of a logical backup: an older Holdfast, which cannot read it, says that a newer one made it. */
export const logical_format = 2;
/** The format of a recorded moment of a database that another tool backs up. */
export const mark_format = 3;

interface SharedManifest {
  id: string;
  began_at: string;
  /** The time of the moment that was recorded. */
  at: string;
  /** The versions of the program and of PostgreSQL. */
  version: string;
  postgres: string;
  /** The size of the database on its disk, and of its copy in the backup store, compressed and sealed. */
  cluster_bytes: number;
  base_bytes: number;
  /**
   * `missing`: those that could not be read when it was made, and the keys of some; absent in backups of an earlier
   * Holdfast.
   */
  files: { count: number; bytes: number; missing?: { count: number; some: string[] } };
  /**
   * The seed of PostgreSQL's hashes; absent where hashes are the same on any server, as in logical backups and those of
   * an earlier Holdfast.
   */
  seed?: string;
  /** Rows and hash of each table, by workspace; of hashes of PostgreSQL only tables with rows. */
  tenants: Record<string, { name: string; tables: Record<string, TableHash> }>;
}

/** A copy of the database cluster's files, which the log of changes brings to any moment after it. */
export interface BaseManifest extends SharedManifest {
  format: typeof manifest_format;
  kind: 'base';
  timeline: number;
  /** Places in the log: from where the base backup needs it, and of the moment. */
  start_lsn: string;
  at_lsn: string;
  /** The name of the moment in the log. */
  restore_point: string;
  /** The password of the superuser, whose role is in the base backup. */
  database_password: string;
}

export interface RecordedMigration {
  version: number;
  name: string;
  checksum: string;
}

/**
 * The rows of each table at one moment, of a database whose files nobody can read. There is no log that leads anywhere
 * from it.
 */
export interface LogicalManifest extends SharedManifest {
  format: typeof logical_format;
  kind: 'logical';
  /** The migrations that made the tables. */
  migrations: RecordedMigration[];
  /** Each with its object in the backup store; the hash does not depend on the order of the rows. */
  tables: Record<string, { object: string; columns: string[]; rows: number; hash: string; bytes: number }>;
  sequences: Record<string, { last_value: string; is_called: boolean }>;
  /** By the name of the partition: its table, and the bounds of its rows. */
  partitions: Record<string, { parent: string; bounds: string; options: string | null }>;
}

/**
 * A moment of a database that another tool backs up: what it held then. The rows are in the backups of that tool, the
 * files in the backup store.
 */
export interface MarkManifest extends SharedManifest {
  format: typeof mark_format;
  kind: 'mark';
  /**
   * The first place in the log that is not part of the moment any more, and the segment that has to be in the archive
   * for it.
   */
  at_lsn: string;
  segment: string;
}

/** What a backup holds, recorded at one moment: a proof restores that moment and compares. */
export type BackupManifest = BaseManifest | LogicalManifest | MarkManifest;

export async function readManifest(backups: BackupStore, id: string): Promise<BackupManifest> {
  const manifest = await backups.getJson<BackupManifest>('backup', id);
  if (manifest.format === logical_format || manifest.format === mark_format) return manifest;
  if (manifest.format === manifest_format) return { ...manifest, kind: 'base' };
  const { format } = manifest as { format: number };
  throw problems.conflict(`The backup ${id} was made by a newer Holdfast (format ${format}). Use that one.`);
}

/**
 * What is read, or what takes its place where the object is damaged, sealed with another key, or made by a newer
 * Holdfast, and so stays unreadable. Any other failure is passed on: a store that is away for a moment answers later,
 * and must not make a sound object seem lost.
 */
export async function ifDamaged<Value, Instead>(
  reading: Promise<Value>,
  instead: (error: Error) => Instead,
): Promise<Value | Instead> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof VaultError || error instanceof Problem || error instanceof SyntaxError) return instead(error);
    throw error;
  }
}

export interface UnreadableBackup {
  id: string;
  why: string;
}

/**
 * Those that can be read, oldest first, and the damaged ones: one such object must not take the rest of the store away.
 */
export async function readManifests(
  backups: BackupStore,
): Promise<{ manifests: BackupManifest[]; unreadable: UnreadableBackup[] }> {
  const manifests: BackupManifest[] = [];
  const unreadable: UnreadableBackup[] = [];
  for (const id of await backups.list('backup')) {
    const read = await ifDamaged(readManifest(backups, id), ({ message }): UnreadableBackup => ({ id, why: message }));
    if ('why' in read) unreadable.push(read);
    else manifests.push(read);
  }
  return { manifests, unreadable };
}

/** Where the log of changes has to follow. */
export function baseOnly(manifest: BackupManifest): BaseManifest {
  if (manifest.kind === 'base') return manifest;
  throw problems.conflict(
    manifest.kind === 'mark'
      ? `The database of ${manifest.id} is in the backups of another tool, not here.`
      : `The backup ${manifest.id} is a logical one, which no log of changes follows.`,
  );
}
