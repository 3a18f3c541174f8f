import { sql } from '../../kernel/database/database.ts';
import type { sendContent } from '../../kernel/files/routes.ts';
import { selectColumns } from '../../kernel/resource/row.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type Attachment, type AttachmentVersion, attachment } from './contract.ts';

const columns = selectColumns(attachment);

/** Undefined when the caller may not read the file, or it is one that goes by itself. */
export function insertAttachment(
  ctx: Context,
  { file_id, note_id, comment_id }: { file_id: string; note_id?: string | undefined; comment_id?: string | undefined },
): Promise<Attachment | undefined> {
  return ctx.tx.maybe(sql`insert into attachment as r (tenant_id, file_id, note_id, comment_id, name, content_type, size_bytes)
    select f.tenant_id, f.id, ${note_id ?? null}, ${comment_id ?? null}, f.name, f.content_type, f.size_bytes from file f
    where f.tenant_id = ${ctx.tenant_id} and f.id = ${file_id} and f.kind = 'upload' and f.expires_at is null
      and not app.read_elsewhere(f.id) returning ${columns}`);
}

export const countOn = (ctx: Context, parent: string): Promise<{ count: number }> =>
  ctx.tx.one(sql`select count(*)::int as count from attachment
    where tenant_id = ${ctx.tenant_id} and deleted_at is null and (note_id = ${parent} or comment_id = ${parent})`);

/** Undefined also while the note or comment that it belongs to is in the trash. */
export const findAttachment = (ctx: Context, id: string): Promise<Attachment | undefined> =>
  ctx.tx.maybe(sql`select ${columns} from attachment r where r.tenant_id = ${ctx.tenant_id} and r.id = ${id} and r.deleted_at is null
    and not exists (select from note n where n.tenant_id = r.tenant_id and n.id = r.note_id and n.deleted_at is not null)
    and not exists (select from comment c where c.tenant_id = r.tenant_id and c.id = r.comment_id and c.deleted_at is not null)`);

/** The attachments of these notes and comments and of the replies to them, oldest first. */
export const attachmentsOf = (ctx: Context, parents: readonly string[]): Promise<Attachment[]> =>
  ctx.tx.many(sql`select ${columns} from attachment r where r.tenant_id = ${ctx.tenant_id} and r.deleted_at is null
    and (r.note_id = any (${parents}) or r.comment_id = any (array(select c.id from comment c where c.tenant_id = ${ctx.tenant_id}
      and c.deleted_at is null and (c.id = any (${parents}) or c.parent_id = any (${parents}))))) order by r.created_at, r.id`);

export const findBytes = (ctx: Context, id: string): Promise<{ storage_key: string; sha256: string } | undefined> =>
  ctx.tx.maybe(sql`select * from app.attached_file(${id})`);

/** Undefined when the caller may not read the file, or it is one that goes by itself. */
export const replaceFile = (ctx: Context, id: string, file_id: string): Promise<Attachment | undefined> =>
  ctx.tx.maybe(sql`update attachment r set file_id = f.id, name = f.name, content_type = f.content_type, size_bytes = f.size_bytes
    from file f
    where r.tenant_id = ${ctx.tenant_id} and r.id = ${id} and f.tenant_id = r.tenant_id and f.id = ${file_id} and f.kind = 'upload'
      and f.expires_at is null
    and not app.read_elsewhere(f.id) returning ${columns}`);

/** Makes an earlier version the current one. Restoring the current version changes nothing. */
export const restoreVersion = async (
  ctx: Context,
  found: Attachment,
  number: number,
): Promise<Attachment | undefined> =>
  number === found.number
    ? found
    : ctx.tx.maybe(sql`update attachment r set file_id = v.file_id, name = v.name, content_type = v.content_type, size_bytes = v.size_bytes
        from attachment_version v where r.tenant_id = ${ctx.tenant_id} and r.id = ${found.id} and v.tenant_id = r.tenant_id
          and v.attachment_id = r.id
          and v.number = ${number} returning ${columns}`);

export const readVersions = (ctx: Context, id: string): Promise<AttachmentVersion[]> =>
  ctx.tx.many(sql`select v.number, v.name, v.content_type, v.size_bytes, v.written_at, v.is_current,
      case when u.id is not null then json_build_object('id', u.id, 'name', u.name) end as author
    from (select a.tenant_id, a.number, a.name, a.content_type, a.size_bytes, a.written_at, a.author_id, true as is_current
        from attachment a where a.tenant_id = ${ctx.tenant_id} and a.id = ${id}
      union all select o.tenant_id, o.number, o.name, o.content_type, o.size_bytes, o.written_at, o.author_id, false
        from attachment_version o where o.tenant_id = ${ctx.tenant_id} and o.attachment_id = ${id}) v
    left join user_account u on u.tenant_id = v.tenant_id and u.id = v.author_id order by v.number desc`);

export const findVersion = (
  ctx: Context,
  id: string,
  number: number,
): Promise<Parameters<typeof sendContent>[1] | undefined> =>
  ctx.tx.maybe(sql`select * from app.attached_version(${id}, ${number})`);
