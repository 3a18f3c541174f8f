import type { ArchiveTable } from './tables.ts';

/**
 * Archives of before decision 237 name the records that something is about in a column for each of these types, and
 * those of all others in `record_id`. They are imported into the columns of today, and read back in the old form to be
 * compared.
 */
const types = ['deal', 'contact', 'company'] as const;
export const retiredColumns: readonly string[] = types.map((type) => `${type}_id`);
const entries: ReadonlySet<string> = new Set(['note', 'task', 'activity']);
const ofOneRecord: ReadonlySet<string> = new Set(['comment', 'record_tag', 'follower']);

/** Tables of such archives whose rows triggers make. */
export const retiredTables: ReadonlySet<string> = new Set(['subject']);

/** Whether a table of an archive is in the old form. */
const isOld = ({ name, columns: has }: Pick<ArchiveTable, 'name' | 'columns'>): boolean =>
  (entries.has(name) || ofOneRecord.has(name)) && has.includes(retiredColumns[0]!);

export const isOldArchive = (tables: readonly ArchiveTable[]): boolean => tables.some(isOld);

/** The fields of a record type by which filters and columns of an old archive go, and that are gone. */
export function retiredOf(type: string): readonly string[] {
  if (entries.has(type)) return [...retiredColumns, 'record_id'];
  return type === 'comment' ? retiredColumns : [];
}

/** Whether the table had this column once. */
export const isRetired = (table: string, column: string): boolean =>
  entries.has(table)
    ? column === 'record_id' || retiredColumns.includes(column)
    : ofOneRecord.has(table) && retiredColumns.includes(column);

const named = (column: string) => `(l.line ->> '${column}')::uuid`;

/** The values of the columns of today, of lines `l` in the old form. */
export function arrivals(table: ArchiveTable): Record<string, string> {
  if (!isOld(table)) return {};
  const ids = [...retiredColumns, 'record_id'].map(named).join(', ');
  return entries.has(table.name) ? { records: `array_remove(array[${ids}], null)` } : { record_id: `coalesce(${ids})` };
}

/** A table of today as an archive in the old form has it. */
export function asOld(table: ArchiveTable): ArchiveTable {
  if (!isOld(table)) return table;
  const holds = entries.has(table.name) ? 's.id = any (t.records)' : 's.id = t.record_id';
  const record = (ofType: string) =>
    `(select s.id from public.subject s where s.tenant_id = t.tenant_id and ${holds} and s.type ${ofType})`;
  return {
    ...table,
    leaves: {
      ...table.leaves,
      ...Object.fromEntries(types.map((type) => [`${type}_id`, record(`= '${type}'`)])),
      record_id: record(`not in (${types.map((type) => `'${type}'`).join(', ')})`),
    },
  };
}
