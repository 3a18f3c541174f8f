import { sql } from '../../kernel/database/database.ts';
import type { Context } from '../../kernel/tenancy/context.ts';
import { type Batch, eventsOfEach } from './event-queries.ts';
import type { DeletedRow } from './kinds.ts';

export function deletedRows(ctx: Context, table: string, { seqs, ids }: Batch): Promise<DeletedRow[]> {
  return ctx.tx.many(sql`select e.record_id as id, e.before ->> 'name' as name, r.id is not null as exists, e.before::text as before,
      array(select jsonb_object_keys(coalesce(e.before, '{}'))) as columns
    from ${eventsOfEach(ctx, sql`${ids}`, sql`e.seq = any (${seqs}::bigint[]) and e.action = 'delete'`, 'recorded_change')}
    left join ${sql.table(table)} r on r.tenant_id = e.tenant_id and r.id = e.record_id`);
}

/** Puts deleted rows in again, with the ids they had. Those whose place is taken stay out. */
export async function insertAgain(ctx: Context, table: string, rows: readonly DeletedRow[]): Promise<void> {
  const columns = ['tenant_id', ...new Set(rows.flatMap((row) => row.columns))];
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const values = sql.join(columns.map((column) => sql.ref(`p.${column}`)));
  await ctx.tx.run(sql`insert into ${sql.table(table)} (${names}) select ${values}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as w (before text)
    cross join lateral jsonb_populate_record(null::${sql.table(table)}, w.before::jsonb || jsonb_build_object('tenant_id',
      ${ctx.tenant_id}::uuid)) p
    on conflict do nothing`);
}
