import pg from 'pg';
import type { FieldType } from '../../kernel/contract/fields.ts';
import type { Resource } from '../../kernel/contract/resource.ts';
import { fieldsOfComposite } from '../../kernel/database/composite.ts';
import { type RowReader, rowReader } from '../../kernel/database/row-reader.ts';
import { visibleCustom } from '../../kernel/resource/row.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { AttachedKind } from './contract.ts';

const { builtins } = pg.types;
const uuid_array = 2951 as typeof builtins.UUID;

/** How the fields of entries are read. */
const fieldTypes: Partial<Record<FieldType, number>> = {
  text: builtins.TEXT,
  long_text: builtins.TEXT,
  select: builtins.TEXT,
  boolean: builtins.BOOL,
  integer: builtins.INT4,
  date: builtins.DATE,
  time: builtins.TIMESTAMPTZ,
  reference: builtins.UUID,
  list: uuid_array,
  custom: builtins.JSONB,
};

interface Column {
  name: string;
  sql: string;
  dataTypeID: number;
}

/** What an entry of a kind shows, but for the records that it is about. */
function columnsOf(resource: Resource): Column[] {
  const fields = [...resource.meta].flatMap(([name, { type }]): Column[] => {
    if (type === 'records') return [];
    const dataTypeID = fieldTypes[type];
    if (!dataTypeID)
      throw new Error(`Timelines do not show fields of the type ${type}, as ${resource.name}.${name} is`);
    return [{ name, sql: type === 'custom' ? visibleCustom(resource) : `r.${name}`, dataTypeID }];
  });
  const column = (name: string, dataTypeID: number): Column => ({ name, sql: `r.${name}`, dataTypeID });
  return [
    column('id', builtins.UUID),
    ...fields,
    column('version', builtins.INT4),
    ...['created_at', 'updated_at', 'deleted_at'].map((name) => column(name, builtins.TIMESTAMPTZ)),
    ...(resource.byDegree ? [column('shown', builtins.TEXT)] : []),
  ];
}

/**
 * The columns of an entry, of one of the kinds or of none of these. Its fields are one text: as columns of a union of
 * all kinds, PostgreSQL described each of them at each step of the plan, which took longer than reading the rows.
 */
export function entryColumns(resource?: Resource): string {
  const records = resource?.meta.has('records') ? 'r.records' : 'null::uuid[]';
  const fields = resource
    ? `row(${columnsOf(resource)
        .map(({ sql }) => sql)
        .join(', ')})::text`
    : 'null';
  return `${records} as records, ${fields} as "$entry"`;
}

const readers = new Map<string, RowReader>();

/** An entry as the statement answers it. */
export interface SentEntry {
  /** The fields of its kind; null of a change. */
  $entry: string | null;
  /** The records that it is about; null where it is about the record of the timeline alone, as most are. */
  records: unknown;
  $subject_id: string;
  $subject: string;
}

/** The fields of an entry of this kind, in the timeline of a record of the type `subject`. */
export function fieldsOfEntry({ kind, resource }: AttachedKind, subject: Resource, sent: SentEntry): Values {
  const read = readers.get(kind) ?? rowReader(columnsOf(resource));
  readers.set(kind, read);
  const records = sent.records ?? [{ type: subject.name, id: sent.$subject_id, name: sent.$subject }];
  return Object.assign(read(fieldsOfComposite(sent.$entry!)), { records });
}
