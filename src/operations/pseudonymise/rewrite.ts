import type pg from 'pg';
import { relationsOf } from '../../kernel/contract/relations.ts';
import { definedResources } from '../../kernel/contract/resource.ts';
import type { CopiedTable } from './catalogue.ts';
import { type ColumnRule, type Substitute, type TableRule, tableRules } from './rules.ts';
import { type CustomDefinition, columnsOf, type Replacer, type RowContext } from './values.ts';

const batch_rows = 1_000;
const told_rows = 50_000;

type Row = Record<string, unknown> & { tenant_id?: string; resource?: string };
/** Definitions of custom fields by workspace, record type and key. */
type Definitions = Map<string, Map<string, CustomDefinition>>;

const isSubstitute = (column: { name: string; rule: ColumnRule }): column is { name: string; rule: Substitute } =>
  typeof column.rule === 'string' && column.rule !== 'keep';

export async function readDefinitions(client: pg.ClientBase): Promise<Definitions> {
  const { rows } = await client.query<CustomDefinition & { tenant_id: string; resource: string; key: string }>(
    `select id, tenant_id, resource, key, type, coalesce(options, '{}') as options, coalesce(rules, '{}') as rules, is_unique
      from public.custom_field`,
  );
  const definitions: Definitions = new Map();
  for (const row of rows) {
    const of = `${row.tenant_id} ${row.resource}`;
    definitions.set(of, (definitions.get(of) ?? new Map()).set(row.key, row));
  }
  return definitions;
}

/** What is known of a record type of a workspace, or of a table that is none. */
function contextOf(
  noun: string,
  tenant_id: string | undefined,
  given: { definitions: Definitions; rules: ReadonlyMap<string, TableRule> },
): RowContext {
  const resource = definedResources().find(({ name }) => name === noun);
  const custom = given.definitions.get(`${tenant_id} ${noun}`) ?? new Map<string, CustomDefinition>();
  return {
    custom,
    filtered: columnsOf(given.rules.get(resource?.table ?? noun)),
    related: (relation) => {
      const other = relation.startsWith('custom.')
        ? definedResources().find(({ name }) => name === custom.get(relation.slice(7))?.type)
        : resource && relationsOf(resource).get(relation)?.resource;
      return other && contextOf(other.name, tenant_id, given);
    },
  };
}

/** Puts substitutes into one table; answers in how many rows. */
export async function rewriteTable(
  client: pg.Client,
  table: CopiedTable,
  { replacer, definitions, say }: { replacer: Replacer; definitions: Definitions; say: (line: string) => void },
): Promise<number> {
  const name = `public.${client.escapeIdentifier(table.name)}`;
  const fixed = table.columns.flatMap(({ name: column, rule }) =>
    typeof rule === 'object' ? [{ column: client.escapeIdentifier(column), sql: rule.sql }] : [],
  );
  let changed = 0;
  if (fixed.length > 0) {
    const { rowCount } = await client.query(
      `update ${name} set ${fixed.map(({ column, sql }) => `${column} = ${sql}`).join(', ')}
       where ${fixed.map(({ column, sql }) => `${column} is distinct from ${sql}`).join(' or ')}`,
    );
    changed = rowCount ?? 0;
  }
  const columns = table.columns.filter(isSubstitute);
  if (columns.length === 0) return changed;
  if (table.key.length === 0)
    throw new Error(`The table ${table.name} has no primary key by which rows could be found`);
  const given = { definitions, rules: tableRules() };
  const hasFilter = columns.some(({ rule }) => rule === 'filter');
  const hasResource = hasFilter && (await hasColumn(client, table.name, 'resource'));
  // Filters that do not say of what they are, are of deals.
  const noun = hasFilter ? 'deal' : table.name;
  const read = [
    ...new Set([...table.key, ...columns.map((column) => column.name), ...(hasResource ? ['resource'] : [])]),
  ];
  // A cursor sees the rows as they were when it was opened, whatever is updated meanwhile.
  await client.query(
    `declare pseudonymise no scroll cursor for select ${read.map((column) => client.escapeIdentifier(column)).join(', ')} from ${name}`,
  );
  const set = columns.map(
    (column) => `${client.escapeIdentifier(column.name)} = v.${client.escapeIdentifier(column.name)}`,
  );
  const match = table.key.map((key) => `t.${client.escapeIdentifier(key)} = v.${client.escapeIdentifier(key)}`);
  let seen = 0;
  for (;;) {
    const { rows } = await client.query<Row>(`fetch ${batch_rows} from pseudonymise`);
    if (rows.length === 0) break;
    const fresh = rows.map((row) => {
      const context = contextOf(row.resource ?? noun, row.tenant_id, given);
      const values = columns.map((column) => [column.name, replacer.replace(column.rule, row[column.name], context)]);
      return { ...Object.fromEntries(table.key.map((key) => [key, row[key]])), ...Object.fromEntries(values) };
    });
    const { rowCount } = await client.query(
      `update ${name} t set ${set.join(', ')} from jsonb_populate_recordset(null::${name}, $1::jsonb) v where ${match.join(' and ')}`,
      [JSON.stringify(fresh)],
    );
    changed += rowCount ?? 0;
    if (Math.floor((seen + rows.length) / told_rows) > Math.floor(seen / told_rows))
      say(`  ${table.name}: ${(seen + rows.length).toLocaleString('en')} rows`);
    seen += rows.length;
  }
  await client.query('close pseudonymise');
  return changed;
}

async function hasColumn(client: pg.ClientBase, table: string, column: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from pg_attribute where attrelid = to_regclass($1) and attname = $2 and not attisdropped`,
    [`public.${table}`, column],
  );
  return rowCount === 1;
}
