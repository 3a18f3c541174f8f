import type pg from 'pg';
import type { LogicalManifest } from '../manifest.ts';

/** The role whose policies let it see the rows of all workspaces. */
export const system_role = 'holdfast_system';

/**
 * Left out: they hold places in the transactions of the server that the database ran on, and the restored one counts
 * its own. The consumers of changes begin anew from the numbers of the events, as after any restore (decision 193).
 */
const left_out = ['feed_cursor', 'feed_mark'];

export interface CopiedTable {
  name: string;
  columns: { name: string; type: string }[];
}

/** Every table with rows, partitioned ones as one. */
export async function readTables(client: pg.Client): Promise<CopiedTable[]> {
  const { rows } = await client.query<CopiedTable>(
    `select c.relname::text as name, (select jsonb_agg(jsonb_build_object('name', a.attname, 'type', a.atttypid::regtype::text)
      order by a.attnum)
       from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relpersistence = 'p'
       and c.relname <> all ($1) and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
         and d.deptype = 'e')
     order by 1`,
    [left_out],
  );
  return rows;
}

/**
 * Row-level security would hide rows without a word. So each table has to let the system's role read it, by a policy
 * for all rows, and by no policy that restricts it again.
 */
export async function refuseHiddenRows(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ names: string | null }>(
    `select string_agg(c.relname, ', ' order by c.relname) as names from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all ($1)
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
       and (not has_table_privilege('${system_role}', c.oid, 'select') or c.relrowsecurity and (
         not exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('r', '*')
           and '${system_role}'::regrole = any (p.polroles) and pg_get_expr(p.polqual, p.polrelid) = 'true')
         or exists (select from pg_policy p where p.polrelid = c.oid and not p.polpermissive and p.polcmd in ('r', '*')
           and p.polroles && array['${system_role}'::regrole, 0]::oid[])))`,
    [left_out],
  );
  if (rows[0]!.names)
    throw new Error(
      `A backup may not see all rows of ${rows[0]!.names}. Run: holdfast db validate; it says which rights and policies differ.`,
    );
}

/** Not part of a snapshot: read after the rows, they are never behind them. */
export async function readSequences(client: pg.Client): Promise<LogicalManifest['sequences']> {
  const { rows: names } = await client.query<{ name: string }>(
    `select c.relname::text as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' order by 1`,
  );
  const sequences: LogicalManifest['sequences'] = {};
  for (const { name } of names) {
    const { rows } = await client.query<{ last_value: string; is_called: boolean }>(
      `select last_value::text, is_called from public.${client.escapeIdentifier(name)}`,
    );
    sequences[name] = rows[0]!;
  }
  return sequences;
}

export async function readPartitions(client: pg.Client): Promise<LogicalManifest['partitions']> {
  const { rows } = await client.query<{ name: string; parent: string; bounds: string; options: string | null }>(
    `select c.relname::text as name, p.relname::text as parent, pg_get_expr(c.relpartbound, c.oid) as bounds,
      array_to_string(c.reloptions, ', ') as options
     from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
     where p.relkind = 'p' and p.relnamespace = 'public'::regnamespace order by 1`,
  );
  return Object.fromEntries(rows.map(({ name, ...partition }) => [name, partition]));
}

/** Values written the same on every server, and nothing that ends a long copy. */
export const copySettings = `select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO', true),
  set_config('intervalstyle', 'postgres', true),
  set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true), set_config('statement_timeout', '0', true),
  set_config('idle_in_transaction_session_timeout', '0', true), set_config('search_path', 'pg_catalog, public', true)`;

/**
 * All rows, read from the table itself: an index that is broken cannot hide one. Numbers of transactions mean nothing
 * on another server.
 */
export function copyOut(client: pg.Client, table: CopiedTable): string {
  const values = table.columns.map(({ name, type }) => {
    const column = client.escapeIdentifier(name);
    return type === 'xid8' ? `case when ${column} is not null then '0'::xid8 end` : column;
  });
  return `copy (select ${values.join(', ')} from public.${client.escapeIdentifier(table.name)}) to stdout (format text, encoding 'utf8')`;
}
