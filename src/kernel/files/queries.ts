import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';
import type { File } from './contract.ts';
import type { ReceivedFile } from './receive.ts';

const temp_hours = 24;
/** An upload that hangs nowhere for so long goes, if a run comes within a week (app.unused_files). */
const unused_days = 30;

const columns =
  sql.raw(`id, kind, name, content_type, size_bytes::float8 as size_bytes, encode(sha256, 'hex') as sha256, storage_class, created_by,
  coalesce(expires_at, case when kind = 'upload' and created_at > now() - interval '${unused_days + 7} days' and not app.is_attached(id)
    then created_at + interval '${unused_days} days' end) as expires_at,
  version, created_at, updated_at`);

export interface StoredFileRow extends File {
  storage_key: string;
}

export const insertFile = (
  ctx: Context,
  { id, kind, received }: { id: string; kind: 'upload' | 'temp'; received: ReceivedFile },
): Promise<File> =>
  ctx.tx.one<File>(sql`
    insert into file (tenant_id, id, kind, name, content_type, size_bytes, sha256, storage_key, created_by, expires_at)
    values (${ctx.tenant_id}, ${id}, ${kind}, ${received.fileName}, ${received.contentType}, ${received.sizeBytes},
      decode(${received.sha256}, 'hex'), ${received.key}, ${ctx.actor.user_id},
      case when ${kind} = 'temp' then now() + make_interval(hours => ${temp_hours}) end)
    returning ${columns}`);

export const findFile = (ctx: Context, id: string): Promise<StoredFileRow | undefined> =>
  ctx.tx.maybe<StoredFileRow>(sql`select ${columns}, storage_key from file
    where tenant_id = ${ctx.tenant_id} and id = ${id} and (expires_at is null or expires_at > now()) and not app.read_elsewhere(id)`);

/**
 * Returns the key of its bytes, or undefined when the caller may not delete it, or something has it. Whoever hangs it
 * up at this moment is waited for: what hangs somewhere is deleted with its file.
 */
export async function deleteFile(ctx: Context, id: string): Promise<{ storage_key: string } | undefined> {
  await ctx.tx.run(sql`select from file where tenant_id = ${ctx.tenant_id} and id = ${id} for update`);
  return ctx.tx.maybe(
    sql`delete from file where tenant_id = ${ctx.tenant_id} and id = ${id} and not app.is_attached(id) returning storage_key`,
  );
}

export const isAttached = async (ctx: Context, id: string): Promise<boolean> =>
  (await ctx.tx.one<{ attached: boolean }>(sql`select app.is_attached(${id}) as attached`)).attached;
