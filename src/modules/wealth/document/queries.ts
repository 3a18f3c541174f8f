import { sql } from '../../../kernel/database/database.ts';
import type { sendContent } from '../../../kernel/files/routes.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { DocumentVersion } from './contract.ts';

type Stored = Parameters<typeof sendContent>[1];

/**
 * Whether the caller may make these uploads versions of documents: each of them read by themselves, and not through an
 * export or import.
 */
export async function usableFiles(ctx: Context, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await ctx.tx.many<{ id: string }>(sql`select f.id from file f where f.tenant_id = ${ctx.tenant_id}
    and f.id = any (${ids}::uuid[]) and f.kind = 'upload' and f.expires_at is null and not app.read_elsewhere(f.id)`);
  return new Set(rows.map(({ id }) => id));
}

export const versionsOf = (ctx: Context, id: string): Promise<DocumentVersion[]> =>
  ctx.tx.many(sql`select v.number, v.name, v.content_type, v.size_bytes, v.sha256, v.written_at,
      case when u.id is not null then json_build_object('id', u.id, 'name', u.name) end as author
    from document_version v left join user_account u on u.tenant_id = v.tenant_id and u.id = v.author_id
    where v.tenant_id = ${ctx.tenant_id} and v.document_id = ${id} order by v.number desc`);

/** A version of a document that the caller reads; the newest without a number. */
export const findVersion = (ctx: Context, id: string, number?: number): Promise<Stored | undefined> =>
  ctx.tx.maybe(sql`select * from app.document_file(${id}, ${number ?? null})`);

/** The trail has who took a file away, and when. */
export async function noteSeen(ctx: Context, id: string, seen: { name: string; number: number | null }): Promise<void> {
  const what = JSON.stringify({ type: 'document', id, field: 'file', ...seen });
  await ctx.tx.run(sql`select app.record_event('download', 'document', ${id}, null, ${what}::jsonb)`);
}
