import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

export interface NewPosition {
  contact_id: string;
  company_id: string;
  role: string | null;
  started_on: string | null;
  ended_on: string | null;
}

/** A position that a contact has already, from an earlier import of the file, is not added again. */
export async function insertPositions(ctx: Context, positions: NewPosition[], import_id: string): Promise<void> {
  const contacts = positions.map(({ contact_id }) => contact_id);
  await ctx.tx.run(sql`insert into contact_position (tenant_id, import_id, contact_id, company_id, role, started_on, ended_on)
    select ${ctx.tenant_id}, ${import_id}, w.contact_id, w.company_id, w.role, w.started_on, w.ended_on
    from (select distinct * from jsonb_to_recordset(${JSON.stringify(positions)}::jsonb) as w (contact_id uuid, company_id uuid, role text,
      started_on date, ended_on date)) w
    where (w.contact_id, w.company_id, coalesce(w.role, '')) not in (select p.contact_id, p.company_id, coalesce(p.role, '')
      from contact_position p where p.tenant_id = ${ctx.tenant_id} and p.contact_id = any (${contacts}::uuid[]))`);
}
