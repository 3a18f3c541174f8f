import type { Logger } from 'pino';
import { type Database, sql } from '../database/database.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { removeFile } from './jobs.ts';

const files_per_round_max = 1_000;

/** Deletes expired files of all tenants, up to a limit. A file that cannot be deleted now is tried again at the next call. */
export async function expireFiles(db: Database, log: Logger): Promise<number> {
  const expired = await db.call<{ tenant_id: string; id: string }>(
    sql`select * from app.expired_files(${files_per_round_max})`,
  );
  let removed = 0;
  for (const { tenant_id, id } of expired) {
    try {
      await withContext(db, systemActor(tenant_id), (ctx) => removeFile(ctx, id));
      removed++;
    } catch (error) {
      log.warn({ err: error, tenant_id, file_id: id }, 'an expired file could not be removed');
    }
  }
  return removed;
}
