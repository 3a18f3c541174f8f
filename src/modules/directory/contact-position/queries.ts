import { sql } from '../../../kernel/database/database.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

/**
 * Companies and job titles of merged contacts that are not the survivor's, once it has its values, become further
 * positions of it.
 */
export async function keepMainPositions(ctx: Context, survivor: string, rows: readonly Values[]): Promise<void> {
  const mains = JSON.stringify(rows.map(({ company_id, job_title }) => ({ company_id, role: job_title })));
  await ctx.tx.run(sql`insert into contact_position (tenant_id, contact_id, company_id, role)
    select distinct r.tenant_id, r.id, m.company_id, m.role
    from contact r, jsonb_to_recordset(${mains}::jsonb) as m (company_id uuid, role text)
    where r.tenant_id = ${ctx.tenant_id} and r.id = ${survivor} and m.company_id is not null
      and not (m.company_id is not distinct from r.company_id and coalesce(m.role, r.job_title, '') = coalesce(r.job_title, ''))
      and not exists (select from contact_position p where p.tenant_id = r.tenant_id and p.contact_id = r.id
        and p.company_id = m.company_id and coalesce(m.role, p.role, '') = coalesce(p.role, ''))`);
}
