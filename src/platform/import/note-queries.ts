import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

export interface NewNote {
  record_id: string;
  body: string;
  /** The record was there before the import. */
  is_known: boolean;
}

export async function insertNotes(ctx: Context, notes: NewNote[], import_id: string): Promise<void> {
  const known = notes.filter(({ is_known }) => is_known).map(({ record_id }) => record_id);
  await ctx.tx.run(sql`insert into note (tenant_id, import_id, body, author_id, records)
    select ${ctx.tenant_id}, ${import_id}, w.body, ${ctx.actor.user_id}, array[w.record_id]
    from jsonb_to_recordset(${JSON.stringify(notes)}::jsonb) as w (record_id uuid, body text, is_known boolean)
    where not w.is_known or (w.record_id, w.body) not in (select l.record_id, n.body from record_link l
      join note n on n.tenant_id = l.tenant_id and n.id = l.item_id and n.deleted_at is null
      where l.tenant_id = ${ctx.tenant_id} and l.item_type = 'note' and l.record_id = any (${known}::uuid[]))`);
}
