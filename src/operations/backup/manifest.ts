import { problems } from '../../kernel/errors/problem.ts';
import type { TableDigest } from '../tenant-archive/content.ts';
import type { BackupStore } from './backup-store.ts';

export const manifest_format = 1;

/** What a backup holds, recorded at one moment: a proof restores that moment and compares. */
export interface BackupManifest {
  format: typeof manifest_format;
  id: string;
  began_at: string;
  /** Of the moment that was recorded. */
  at: string;
  /** Of the program, and of PostgreSQL. */
  version: string;
  postgres: string;
  timeline: number;
  /** Places in the log: from where the base backup needs it, and of the moment. */
  start_lsn: string;
  at_lsn: string;
  /** The name of the moment in the log. */
  restore_point: string;
  /** Of the superuser, whose roles are in the base backup. */
  database_password: string;
  /** Of the database cluster on its disk, and of its base backup, compressed and sealed. */
  cluster_bytes: number;
  base_bytes: number;
  files: { count: number; bytes: number };
  /** Rows and hash of each table, by workspace. */
  tenants: Record<string, { name: string; tables: Record<string, Pick<TableDigest, 'rows' | 'sha256'>> }>;
}

export async function readManifest(backups: BackupStore, id: string): Promise<BackupManifest> {
  const manifest = await backups.getJson<BackupManifest>('backup', id);
  if (manifest.format !== manifest_format)
    throw problems.conflict(`The backup ${id} was made by a newer Holdfast (format ${manifest.format}). Use that one.`);
  return manifest;
}
