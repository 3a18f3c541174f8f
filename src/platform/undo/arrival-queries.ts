import { isPast } from '../../kernel/audit/events.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { sql } from '../../kernel/database/database.ts';
import { labelSql } from '../../kernel/resource/label.ts';
import { baseConditions } from '../../kernel/resource/list.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import type { ChangeEvent } from './event-queries.ts';

/** Of each kind of record; a report holds no more. */
const arrivals_max = 100;

/** Records that refer to the survivor of a merge, and came to do so after it. */
export function arrivedSince(
  ctx: Context,
  resource: Resource,
  column: string,
  { seq, record_id: survivor }: ChangeEvent,
): Promise<{ id: string; name: string }[]> {
  // What is about several records names them in a list.
  const isOne = resource.meta.get(column)?.type !== 'records';
  const refers = isOne
    ? sql`${sql.ref(`r.${column}`)} = ${survivor}`
    : sql`r.id = any (array(select l.item_id from record_link l where l.tenant_id = ${ctx.tenant_id} and l.record_id = ${survivor}))`;
  const arrives = isOne
    ? sql`e.after ->> ${column}::text = ${survivor}::text`
    : sql`e.after -> ${column}::text ? ${survivor}::text`;
  const where = sql.join([...baseConditions(ctx, resource), refers, sql`r.updated_at > m.at`], sql` and `);
  return ctx.tx.many(sql`select r.id, ${labelSql(resource)} as name
    from ${sql.table(resource.table)} r
    join recorded_change m on m.tenant_id = ${ctx.tenant_id} and m.seq = ${seq}
    where ${where} and exists (select from recorded_change e where e.tenant_id = r.tenant_id and e.record_id = r.id
      and e.resource = ${resource.name}
      and e.at >= m.at - interval '1 day' and ${isPast} and e.seq > m.seq and ${arrives})
    order by r.id limit ${arrivals_max}`);
}
