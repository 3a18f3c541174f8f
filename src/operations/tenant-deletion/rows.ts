import pg from 'pg';
import type { Counter } from '../counter.ts';
import type { TenantTable } from '../tenant-archive/tables.ts';

const batch_rows_first = 200;
const batch_rows_max = 2_000;
/** A batch that takes less than this leaves room for a larger one; one that takes twice as long is made smaller. */
const batch_ms_aim = 50;

/**
 * Foreign keys look up after the statement, whose own plan is made by then. In a table where the workspace has no row
 * any more, every index that begins with the tenant would look as good as that of the key; while somebody's snapshot
 * keeps the deleted rows, such an index leads to all of them. A generic plan is made for an average workspace.
 */
const generic = `set_config('plan_cache_mode', 'force_generic_plan', true)`;

/** The rows of a workspace in one table, or in one partition of it. */
export type RowsOf = Pick<TenantTable, 'name' | 'key'>;

/**
 * Deletes the rows of a workspace in one table, each batch in a transaction of its own, in the order of the key. A row
 * that comes meanwhile and lies before the batch is left to the next call.
 */
export async function deleteRows(
  client: pg.Client,
  { name, key }: RowsOf,
  tenant_id: string,
  gone: Counter,
): Promise<void> {
  const table = `public.${pg.escapeIdentifier(name)}`;
  const parts = (key ?? [{ name: 'ctid', type: 'tid' }]).filter((part) => part.name !== 'tenant_id');
  const names = parts.length > 0 ? parts.map((part) => pg.escapeIdentifier(part.name)) : ['tenant_id'];
  const list = (of: string) => names.map((column) => `${of}.${column}`).join(', ');
  const after = parts.map(({ type }, i) => `$${i + 3}::text::${type}`).join(', ');
  let size = batch_rows_first;
  let last: string[] | undefined;
  while (true) {
    const began = performance.now();
    const { rows } = await client.query<{ found: number; last: string[] }>(
      `with page as materialized (
         select ${list('t')} from ${table} t where t.tenant_id = $1 ${last ? `and (${list('t')}) > (${after})` : ''} order by ${list('t')}
           limit $2
       ), gone as (
         delete from ${table} t using page p where t.tenant_id = $1 and (${list('t')}) = (${list('p')})
       )
       select count(*) over ()::int as found, array[${names.map((column) => `p.${column}::text`).join(', ')}] as last, ${generic}
       from page p order by ${names.map((column) => `p.${column} desc`).join(', ')} limit 1`,
      [tenant_id, size, ...(last ?? [])],
    );
    const found = rows[0]?.found ?? 0;
    gone.add(found);
    if (found < size) return;
    last = rows[0]!.last;
    const ms = performance.now() - began;
    if (ms < batch_ms_aim) size = Math.min(batch_rows_max, size * 2);
    else if (ms > 2 * batch_ms_aim) size = Math.max(1, Math.floor(size / 2));
  }
}
