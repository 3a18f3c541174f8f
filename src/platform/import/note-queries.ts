import { sql } from '../../kernel/database/database.ts';
import { uuidV7 } from '../../kernel/database/uuid.ts';
import { mayHaveSealed, openPersonal, sealedCharacters, sealPersonal } from '../../kernel/resource/personal.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { note } from '../note/contract.ts';

export interface NewNote {
  record_id: string;
  body: string;
  /** The record was there before the import. */
  is_known: boolean;
}

export async function insertNotes(ctx: Context, notes: NewNote[], import_id: string): Promise<void> {
  const mayBeSealed = await mayHaveSealed(ctx);
  const missing = mayBeSealed ? await withoutPresent(ctx, notes) : notes;
  const rows = missing.map((one) => ({ ...one, id: uuidV7(), is_known: one.is_known && !mayBeSealed }));
  await sealPersonal(ctx, note, rows);
  const known = rows.filter(({ is_known }) => is_known).map(({ record_id }) => record_id);
  await ctx.tx.run(sql`insert into note (tenant_id, id, import_id, body, author_id, records)
    select ${ctx.tenant_id}, w.id, ${import_id}, w.body, ${ctx.actor.user_id}, array[w.record_id]
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w (id uuid, record_id uuid, body text, is_known boolean)
    where not w.is_known or (w.record_id, w.body) not in (select l.record_id, n.body from record_link l
      join note n on n.tenant_id = l.tenant_id and n.id = l.item_id and n.deleted_at is null
      where l.tenant_id = ${ctx.tenant_id} and l.item_type = 'note' and l.record_id = any (${known}::uuid[]))`);
}

/**
 * Notes that their records do not have yet. Whether a sealed one is the same, its text tells: those of equal length are
 * opened.
 */
async function withoutPresent(ctx: Context, notes: NewNote[]): Promise<NewNote[]> {
  const known = notes.filter(({ is_known }) => is_known);
  if (known.length === 0) return notes;
  const wanted = known.map((one) => ({ ...one, sealed_characters: sealedCharacters(one.body) }));
  const present = await ctx.tx.many<{
    record_id: string;
    id: string;
    body: string;
  }>(sql`select l.record_id, n.id, n.body
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w (record_id uuid, body text, sealed_characters int)
    join record_link l on l.tenant_id = ${ctx.tenant_id} and l.item_type = 'note' and l.record_id = w.record_id
    join note n on n.tenant_id = l.tenant_id and n.id = l.item_id and n.deleted_at is null
      and (n.body = w.body or length(n.body) = w.sealed_characters)`);
  await openPersonal(ctx, note, present);
  const texts = new Set(present.map(({ record_id, body }) => `${record_id} ${body}`));
  return notes.filter(({ is_known, record_id, body }) => !is_known || !texts.has(`${record_id} ${body}`));
}
