import type pg from 'pg';
import { hashTables } from '../tenant-archive/index.ts';
import type { BackupManifest } from './manifest.ts';

/** Rows and hash of each table, by workspace, as a snapshot has them that `client` sees too. */
export async function readContents(
  client: pg.Client,
  { databaseUrl, snapshot, signal }: { databaseUrl: string; snapshot: string; signal?: AbortSignal },
): Promise<BackupManifest['tenants']> {
  const { rows } = await client.query<{ id: string; name: string }>('select id, name from public.tenant order by id');
  const tenants: BackupManifest['tenants'] = {};
  for (const { id, name } of rows) {
    signal?.throwIfAborted();
    tenants[id] = { name, tables: await hashTables(databaseUrl, id, { snapshot }) };
  }
  return tenants;
}

/** By its time, so that names are in order. */
export const newBackupId = (at: Date, random: string): string =>
  `${at.toISOString().replaceAll(/[-:.]/g, '').toLowerCase()}-${random}`;
