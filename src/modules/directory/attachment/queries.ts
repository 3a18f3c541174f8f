import { sql } from '../../../kernel/database/database.ts';
import { selectColumns } from '../../../kernel/resource/row.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import { type Attachment, attachment } from './contract.ts';

const columns = selectColumns(attachment);

/** Undefined when the caller may not read the file, or it is one that goes by itself. */
export function insertAttachment(
  ctx: Context,
  { file_id, note_id, comment_id }: { file_id: string; note_id?: string | undefined; comment_id?: string | undefined },
): Promise<Attachment | undefined> {
  return ctx.tx.maybe(sql`insert into attachment as r (tenant_id, file_id, note_id, comment_id, name, content_type, size_bytes)
    select f.tenant_id, f.id, ${note_id ?? null}, ${comment_id ?? null}, f.name, f.content_type, f.size_bytes from file f
    where f.tenant_id = ${ctx.tenant_id} and f.id = ${file_id} and f.kind = 'upload' and f.expires_at is null returning ${columns}`);
}

export const countOn = (ctx: Context, parent: string): Promise<{ count: number }> =>
  ctx.tx.one(sql`select count(*)::int as count from attachment
    where tenant_id = ${ctx.tenant_id} and deleted_at is null and (note_id = ${parent} or comment_id = ${parent})`);

/** With what it hangs on, it lies in the trash. */
export const findAttachment = (ctx: Context, id: string): Promise<Attachment | undefined> =>
  ctx.tx.maybe(sql`select ${columns} from attachment r where r.tenant_id = ${ctx.tenant_id} and r.id = ${id} and r.deleted_at is null
    and not exists (select from note n where n.tenant_id = r.tenant_id and n.id = r.note_id and n.deleted_at is not null)
    and not exists (select from comment c where c.tenant_id = r.tenant_id and c.id = r.comment_id and c.deleted_at is not null)`);

/** What hangs on these notes and comments and on the replies to them, in the order in which it came. */
export const attachmentsOf = (ctx: Context, parents: readonly string[]): Promise<Attachment[]> =>
  ctx.tx.many(sql`select ${columns} from attachment r where r.tenant_id = ${ctx.tenant_id} and r.deleted_at is null
    and (r.note_id = any (${parents}) or r.comment_id = any (array(select c.id from comment c where c.tenant_id = ${ctx.tenant_id}
      and c.deleted_at is null and (c.id = any (${parents}) or c.parent_id = any (${parents}))))) order by r.created_at, r.id`);

export const findBytes = (ctx: Context, id: string): Promise<{ storage_key: string; sha256: string } | undefined> =>
  ctx.tx.maybe(sql`select * from app.attached_file(${id})`);
