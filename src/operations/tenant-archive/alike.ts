import type pg from 'pg';
import type { ArchiveTable } from './tables.ts';

/** A record whose name looked like that of another in its list, which an older Holdfast allowed. */
export interface Renamed {
  table: string;
  id: string;
  from: string;
  to: string;
}

/**
 * What was renamed, so that it can be compared with the archive and recorded in the trail; gone with the transaction.
 */
export const renamedTable = `create temporary table archive_renamed ("table" text, id uuid, field text, "from" text, "to" text,
  primary key ("table", id)) on commit drop`;

/**
 * The field of a list whose names must differ, and the fields that say which list a record is in: from the unique index
 * on app.folded_name.
 */
const listOf = `
  select substring(pg_get_indexdef(i.indexrelid, 1, true) from 'folded_name[(](\\w+)[)]') as field,
    array(select a.attname::text from unnest(i.indkey) k (attnum) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
      where a.attname <> 'tenant_id') as within
  from pg_index i
  where i.indrelid = to_regclass('public.' || quote_ident($1)) and i.indisunique
    and pg_get_indexdef(i.indexrelid, 1, true) like '%folded_name(%'`;

/** As in migration 24: presets of the program keep their names, and of the others the oldest. */
const alike = `
  select n::float8, name from (
    select l.n, l.line ->> $1 as name, row_number() over (
      partition by array(select l.line ->> w from unnest($2::text[]) w), app.folded_name(l.line ->> $1)
      order by (l.line ->> 'preset')::boolean is true desc, (l.line ->> 'created_at')::timestamptz, l.line ->> 'id') as place
    from archive_line l where l.line ? $1) p
  where place > 1 order by n`;

/**
 * A number behind the name that no other has. The name is cut where the shortest limit of a list, 60 characters, would
 * not leave room.
 */
const renumber = `
  with free as (
    select c.name from archive_line l
      cross join lateral (select left(l.line ->> $2, 50) || format(' (%s)', number) as name, number
        from generate_series(2, 100000) number) c
    where l.n = $1 and not exists (select from archive_line o where app.folded_name(o.line ->> $2) = app.folded_name(c.name)
      and array(select o.line ->> w from unnest($3::text[]) w) = array(select l.line ->> w from unnest($3::text[]) w))
    order by c.number limit 1
  ), kept as (
    insert into archive_renamed select $4, (l.line ->> 'id')::uuid, $2, l.line ->> $2, f.name from archive_line l, free f where l.n = $1
  )
  update archive_line l set line = jsonb_set(l.line, array[$2], to_jsonb(f.name)) from free f where l.n = $1`;

/** Gives the lines of a table whose names look alike, and which the database would refuse, a number. */
export async function renameAlike(client: pg.Client, table: string): Promise<void> {
  const lists = await client.query<{ field: string; within: string[] }>(listOf, [table]);
  for (const { field, within } of lists.rows) {
    const { rows } = await client.query<{ n: number }>(alike, [field, within]);
    for (const { n } of rows) await client.query(renumber, [n, field, within, table]);
  }
}

/** The tables, to be read with the names that the archive has. */
export async function asArchived(client: pg.Client, tables: ArchiveTable[]): Promise<ArchiveTable[]> {
  const { rows } = await client.query<{ table: string; field: string }>(
    'select distinct "table", field from archive_renamed',
  );
  return tables.map((table) => {
    const field = rows.find((row) => row.table === table.name)?.field;
    if (!field) return table;
    const original = `(select r."from" from archive_renamed r where r."table" = '${table.name}' and r.id = t.id)`;
    return { ...table, leaves: { ...table.leaves, [field]: `coalesce(${original}, t."${field}")` } };
  });
}

/** As the trigger of an update would have recorded it (`app.record_change`): the row never had its old name here. */
const recordNames = `
  with r as materialized (
    select "table", id, field, nextval('public.audit_event_seq_seq') as seq, gen_random_uuid() as salt,
      jsonb_build_object(field, "from") as before, jsonb_build_object(field, "to") as after
    from archive_renamed
  ), h as (
    insert into record_history (tenant_id, seq, resource, record_id, salt, before, after)
    select app.tenant_id(), seq, "table", id, salt, before, after from r
  )
  insert into audit_event (tenant_id, seq, action, resource, record_id, fields, commitment)
  select app.tenant_id(), seq, 'update', "table", id, array[field], app.commitment(salt, before, after) from r`;

export async function recordRenamed(client: pg.Client): Promise<Renamed[]> {
  await client.query(recordNames);
  const { rows } = await client.query<Renamed>('select "table", id, "from", "to" from archive_renamed order by 1, 4');
  return rows;
}
