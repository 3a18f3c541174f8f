import type pg from 'pg';
import { archivedTables, excludedTables, madeAnew } from './choices.ts';

/** A table of an archive, as the catalogue and the choices make it. */
export interface ArchiveTable {
  name: string;
  /** Columns that are content, by name. */
  columns: string[];
  /** By which its lines are ordered. */
  order: string[];
  /** What is read in place of a column. */
  leaves: Record<string, string>;
}

export interface TenantTable {
  name: string;
  columns: string[];
  /** Null: it has none. */
  key: { name: string; type: string }[] | null;
  references: string[];
}

const catalogue = `
  select c.relname::text as name,
    array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      order by a.attname) as columns,
    (select jsonb_agg(jsonb_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) order by k.place)
      from pg_constraint p cross join unnest(p.conkey) with ordinality as k (attnum, place)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where p.conrelid = c.oid and p.contype = 'p') as key,
    -- What is attached to records refers to them by way of "subject", or by the ids in "records".
    array(select f.confrelid::regclass::text from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid
      union select s.tgrelid::regclass::text from pg_trigger s where s.tgname = 'forget_subjects' and s.tgrelid <> c.oid
        and (exists (select from pg_trigger l where l.tgrelid = c.oid and l.tgname = 'link_entries')
          or exists (select from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and f.confrelid = 'public.subject'::regclass))) as references
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and (c.relname = 'tenant'
    or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped))
  order by c.relname`;

/** All tables with rows of a workspace, in an order in which each comes after those it refers to. */
export async function tenantTables(client: pg.Client): Promise<TenantTable[]> {
  return sorted((await client.query<TenantTable>(catalogue)).rows);
}

/** The tables of an archive, in an order in which each comes after those it refers to. */
export async function archiveTables(client: pg.Client): Promise<ArchiveTable[]> {
  const { rows } = await client.query<TenantTable>(catalogue);
  const undecided = rows.find(({ name }) => !archivedTables[name] && !excludedTables[name] && !madeAnew.includes(name));
  if (undecided)
    throw new Error(
      `Nobody has said whether an archive takes the table ${undecided.name}: name it in src/operations/tenant-archive/choices.ts`,
    );
  return sorted(rows.filter(({ name }) => archivedTables[name])).map(({ name, columns, key }) => {
    const { tenantColumn = 'tenant_id', leaves = {}, arrives = {} } = archivedTables[name]!;
    const content = columns.filter((column) => column !== tenantColumn && (leaves[column] || !(column in arrives)));
    const order = key!.filter((part) => part.name !== tenantColumn);
    return {
      name,
      columns: content,
      leaves,
      order: order.map((part) => (part.type === 'text' ? `t."${part.name}" collate "C"` : `t."${part.name}"`)),
    };
  });
}

function sorted(tables: TenantTable[]): TenantTable[] {
  const waiting = new Map(tables.map((table) => [table.name, table]));
  const result: TenantTable[] = [];
  while (waiting.size > 0) {
    const next = [...waiting.values()].filter((table) => !table.references.some((name) => waiting.has(name)));
    if (next.length === 0) throw new Error(`These tables refer to each other: ${[...waiting.keys()].join(', ')}`);
    for (const table of next) waiting.delete(table.name);
    result.push(...next);
  }
  return result;
}
