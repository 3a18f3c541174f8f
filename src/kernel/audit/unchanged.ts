import type { Resource } from '../contract/resource.ts';
import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';
import type { AuditEvent } from './contract.ts';

/**
 * What a field held that events left as it was, by their numbers: what the next change of it, or the deletion of the
 * record, says it was before, else what the record has now. Null also where nobody knows any more, or the caller may
 * not.
 */
export async function findUnchanged(
  ctx: Context,
  { name, table }: Resource,
  field: string,
  events: readonly Pick<AuditEvent, 'seq' | 'at' | 'record_id'>[],
): Promise<Map<string, string | null>> {
  const asked = events.map(({ seq, at, record_id }) => ({ seq, at, record_id }));
  const rows = await ctx.tx.many<{ seq: string; value: string | null }>(sql`
    select i.seq::text, case when n.seq is not null then n.before ->> ${field} else
      (select r.${sql.ref(field)}::text from ${sql.table(table)} r where r.tenant_id = ${ctx.tenant_id} and r.id = i.record_id) end as value
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as i (seq bigint, at timestamptz, record_id uuid)
    left join lateral (select n.seq, n.before from recorded_change n where n.tenant_id = ${ctx.tenant_id} and n.record_id = i.record_id
      and n.resource = ${name} and n.at >= i.at and n.at <= now() and n.seq > i.seq and (${field} = any (n.fields) or n.action = 'delete')
      order by n.seq limit 1) n on true`);
  return new Map(rows.map(({ seq, value }) => [seq, value]));
}
