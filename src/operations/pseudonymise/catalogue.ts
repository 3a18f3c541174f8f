import type pg from 'pg';
import { type ColumnRule, type TableRule, tableRules } from './rules.ts';

export interface CopiedTable {
  name: string;
  key: string[];
  columns: { name: string; rule: ColumnRule }[];
  emptied: boolean;
}

interface Found {
  name: string;
  key: string[];
  columns: { name: string; type: string }[];
}

/** Types in which nothing can be written that says something about a person. */
const plain_types: ReadonlySet<string> = new Set([
  'uuid',
  'uuid[]',
  'boolean',
  'smallint',
  'integer',
  'integer[]',
  'bigint',
  'numeric',
  'real',
  'double precision',
  'date',
  'xid8',
  'character',
  'timestamp with time zone',
]);

/** Months of the trail that are on their way into the archive. */
export const detached_partitions = '^(audit_event|record_history)_\\d{4}_\\d\\d$';

const catalogue = `
  select c.relname::text as name,
    array(select a.attname::text from pg_constraint p cross join unnest(p.conkey) with ordinality as k (attnum, place)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where p.conrelid = c.oid and p.contype = 'p'
        order by k.place) as key,
    (select jsonb_agg(jsonb_build_object('name', a.attname, 'type', a.atttypid::regtype::text) order by a.attnum)
      from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname !~ $1 and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
      and d.deptype = 'e')
  order by 1`;

/**
 * Every table there is, with what becomes of it. A table or a column that nobody has decided about stops everything:
 * what was forgotten is not copied.
 */
export async function decideTables(
  client: pg.ClientBase,
  rules: ReadonlyMap<string, TableRule> = tableRules(),
): Promise<CopiedTable[]> {
  const { rows } = await client.query<Found>(catalogue, [detached_partitions]);
  const undecided: string[] = [];
  const tables = rows.map(({ name, key, columns }): CopiedTable => {
    const rule = rules.get(name);
    if (rule && 'emptied' in rule) return { name, key, columns: [], emptied: true };
    const decided = columns.map((column) => {
      const of = rule?.columns[column.name] ?? (plain_types.has(column.type) ? 'keep' : undefined);
      if (!of) undecided.push(`${name}.${column.name}`);
      return { name: column.name, rule: of ?? 'keep' };
    });
    return { name, key, columns: decided.filter((column) => column.rule !== 'keep'), emptied: false };
  });
  if (undecided.length > 0)
    throw new Error(
      `Nobody has said what becomes of ${undecided.join(', ')} in a pseudonymised copy: name it in src/operations/pseudonymise/rules.ts`,
    );
  return tables;
}
