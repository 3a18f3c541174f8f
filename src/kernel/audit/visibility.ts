import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';

export interface RecordReference {
  /** Its name in audit events, e.g. `contact`. */
  resource: string;
  id: string;
}

/**
 * Which of these records the caller may read, in the trash or not, by the policy of their history. A record that was
 * deleted for good is visible to callers who may read every record of its type.
 */
export async function findVisibleRecords(
  ctx: Context,
  references: readonly RecordReference[],
): Promise<(reference: RecordReference) => boolean> {
  if (references.length === 0) return () => false;
  const rows = await ctx.tx.many<RecordReference>(sql`select distinct r.resource, r.id
    from jsonb_to_recordset(${JSON.stringify(references)}::jsonb) as r (resource text, id uuid)
    where app.reads_history(r.resource, r.id, null, null)`);
  const visible = new Set(rows.map(({ resource, id }) => `${resource}/${id}`));
  return ({ resource, id }) => visible.has(`${resource}/${id}`);
}
