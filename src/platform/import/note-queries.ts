import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

export interface NewNote {
  record_id: string;
  body: string;
  /** The record was there before the import. */
  is_known: boolean;
}

/** `column`: of the note, which names its record. */
export async function insertNotes(ctx: Context, column: string, notes: NewNote[], import_id: string): Promise<void> {
  const known = notes.filter(({ is_known }) => is_known).map(({ record_id }) => record_id);
  const record = sql.ref(`n.${column}`);
  await ctx.tx.run(sql`insert into note (tenant_id, import_id, body, author_id, ${sql.ref(column)})
    select ${ctx.tenant_id}, ${import_id}, w.body, ${ctx.actor.user_id}, w.record_id
    from jsonb_to_recordset(${JSON.stringify(notes)}::jsonb) as w (record_id uuid, body text, is_known boolean)
    where not w.is_known or (w.record_id, w.body) not in (select ${record}, n.body from note n
      where n.tenant_id = ${ctx.tenant_id} and n.deleted_at is null and ${record} = any (${known}::uuid[]))`);
}
