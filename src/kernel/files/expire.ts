import type { Logger } from 'pino';
import { type Database, sql } from '../database/database.ts';
import { systemActor, withContext } from '../tenancy/context.ts';
import { removeFile } from './jobs.ts';

const files_per_round_max = 1_000;
const rounds_max = 100;

/**
 * Deletes expired files of all tenants that are not held. A file that cannot be deleted now is tried again at the next
 * call.
 */
export async function expireFiles(
  db: Database,
  log: Logger,
  { at = new Date(), signal }: { at?: Date; signal?: AbortSignal } = {},
): Promise<{ rows: number; bytes: number }> {
  const removed = { rows: 0, bytes: 0 };
  for (let round = 0, after = ''; round < rounds_max; round++) {
    const expired = await db.call<{ tenant_id: string; id: string; bytes: number; place: string }>(
      sql`select * from app.past_files(${at.toISOString()}::timestamptz, ${after}, ${files_per_round_max})`,
    );
    for (const { tenant_id, id, bytes } of expired) {
      signal?.throwIfAborted();
      try {
        if (!(await withContext(db, systemActor(tenant_id), (ctx) => removeFile(ctx, id)))) continue;
        removed.rows++;
        removed.bytes += bytes;
      } catch (error) {
        log.warn({ err: error, tenant_id, file_id: id }, 'an expired file could not be removed');
      }
    }
    if (expired.length < files_per_round_max) break;
    after = expired.at(-1)!.place;
  }
  return removed;
}
