import type { Resource } from '../../../kernel/contract/resource.ts';
import { sql } from '../../../kernel/database/database.ts';
import { asShown, baseConditions } from '../../../kernel/resource/list.ts';
import { idIs, presentRow, selectColumns, sourceSql } from '../../../kernel/resource/row.ts';
import { openRows } from '../../../kernel/resource/sealed.ts';
import type { Values } from '../../../kernel/resource/store.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';
import type { outcomeKinds } from './contract.ts';

export interface RowOutcome {
  row_number: number;
  action: 'create' | 'update' | 'skip';
  record_id: string | null;
  name: string;
  /** By field, as the database stores it; a reference with what the row calls it. */
  changes: Record<string, unknown>;
  candidates: readonly string[];
}

type Kind = (typeof outcomeKinds)[number];
const isOfKind = (kind: Kind) => (kind === 'could_be' ? sql`candidates <> '{}'` : sql`action = ${kind}`);

/** What becomes of these rows; of a row whose relations change its record once more, both. */
export async function keepOutcomes(ctx: Context, file_id: string, outcomes: readonly RowOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  const text = JSON.stringify(outcomes).replaceAll('\\u0000', '�').toWellFormed();
  await ctx.tx.run(sql`insert into import_outcome as o (tenant_id, import_file_id, row_number, action, record_id, name, changes, candidates)
    select ${ctx.tenant_id}, ${file_id}, r.row_number, r.action, r.record_id, left(r.name, 500), r.changes,
      array(select jsonb_array_elements_text(r.candidates))::uuid[]
    from jsonb_to_recordset(${text}::jsonb) as r (row_number int, action text, record_id uuid, name text, changes jsonb, candidates jsonb)
    on conflict (tenant_id, import_file_id, row_number) do update set changes = o.changes || excluded.changes`);
}

export async function forgetOutcomes(ctx: Context, file_id: string, rows: readonly number[]): Promise<void> {
  await ctx.tx.run(sql`delete from import_outcome
    where tenant_id = ${ctx.tenant_id} and import_file_id = ${file_id} and row_number = any (${rows})`);
}

export const outcomesAfter = (
  ctx: Context,
  file_id: string,
  { kind, after, limit }: { kind: Kind; after: number; limit: number },
): Promise<(RowOutcome & { said: boolean })[]> =>
  ctx.tx.many(sql`select o.row_number, o.action, o.record_id, o.name, o.changes, o.candidates, exists (select from import_fix f
      where f.tenant_id = o.tenant_id and f.import_file_id = o.import_file_id and f.row_number = o.row_number
        and f.record_id is not null) as said
    from import_outcome o where o.tenant_id = ${ctx.tenant_id} and o.import_file_id = ${file_id} and ${isOfKind(kind)}
      and o.row_number > ${after}
    order by o.row_number limit ${limit}`);

export const countOutcomes = async (ctx: Context, file_id: string, kind: Kind): Promise<number> =>
  (
    await ctx.tx.one<{ count: number }>(sql`select count(*)::int as count from import_outcome
      where tenant_id = ${ctx.tenant_id} and import_file_id = ${file_id} and ${isOfKind(kind)}`)
  ).count;

/** Records as the caller sees them, by id. */
export async function recordsShown(
  ctx: Context,
  of: Resource,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Values>> {
  if (ids.length === 0) return new Map();
  const resource = asShown(ctx, of);
  const where = sql.join([...baseConditions(ctx, resource), idIs([...new Set(ids)])], sql` and `);
  const rows = await ctx.tx.many<Values>(
    sql`select ${selectColumns(resource)} from ${sourceSql(resource)} where ${where}`,
  );
  await openRows(ctx, resource, rows);
  return new Map(rows.map((row) => [row.id as string, presentRow(resource, row)]));
}

/** What the caller sees these records called, by id. */
export async function namesShown(ctx: Context, table: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.tx.many<{ id: string; name: string }>(
    sql`select id, name from ${sql.table(table)} where tenant_id = ${ctx.tenant_id} and id = any (${ids}::uuid[])`,
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
