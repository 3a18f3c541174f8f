import { type Database, sql } from '../../kernel/database/database.ts';
import type { FileStore } from '../../kernel/files/file-store.ts';
import type { Finding } from './findings.ts';

/**
 * Whether the file store is that of the database. A folder whose disk is not mounted answers too, as one without files.
 */
export async function storedFilesFinding(db: Database, files: Pick<FileStore, 'head'>): Promise<Finding> {
  const some = await db.call<{ storage_key: string }>(sql`select storage_key from app.some_stored_files()`);
  const found = await Promise.all(some.map(({ storage_key }) => files.head(storage_key)));
  const ok = some.length === 0 || found.some(Boolean);
  return {
    check: 'files',
    ok,
    detail: ok
      ? 'Files are in the store as expected'
      : 'The file store has none of the files that the database knows of',
    advice:
      'Look whether its disk is mounted, and whether the data directory or the bucket is the right one. If they are lost: holdfast restore files.',
  };
}
