import { Suspense } from 'react';
import type { Resource } from '../app/resources.ts';
import { PersonName } from '../ui/PersonName.tsx';
import type { Column } from '../ui/table/column.ts';
import type { RecordDefinition } from './definition.ts';
import { FieldValue } from './FieldValue.tsx';
import type { AnyRecord, FieldDef } from './field.ts';
import { LazyInlineEditor } from './lazyParts.ts';

const default_width = 160;
const name_width = 280;
const atEnd = new Set<FieldDef['kind']>(['money', 'integer', 'decimal']);

/** A column for each field; the first is the name, which opens the record. */
export function columnsFor(
  definition: RecordDefinition,
  fields: readonly FieldDef[],
  mayEdit: (record: AnyRecord) => boolean,
): Column<AnyRecord>[] {
  const [name, ...rest] = fields as [FieldDef, ...FieldDef[]];
  return [
    {
      id: name.key,
      header: name.label,
      width: name_width,
      sortKey: name.sortable ? name.key : undefined,
      cell: (record) => <PersonName name={String(record.name ?? '') || 'Unnamed'} square={definition.square} />,
    },
    ...rest.map((field) => fieldColumn(definition.resource, field, mayEdit)),
  ];
}

function fieldColumn(resource: Resource, field: FieldDef, mayEdit: (record: AnyRecord) => boolean): Column<AnyRecord> {
  return {
    id: field.key,
    header: field.label,
    width: field.width ?? default_width,
    align: atEnd.has(field.kind) ? 'end' : undefined,
    sortKey: field.sortable ? field.key : undefined,
    hidden: !field.inTable,
    cell: (record) => <FieldValue field={field} record={record} />,
    edit: field.readOnly
      ? undefined
      : (record, done) =>
          mayEdit(record) ? (
            <Suspense>
              <LazyInlineEditor resource={resource} record={record} field={field} onDone={done} inCell />
            </Suspense>
          ) : (
            <FieldValue field={field} record={record} />
          ),
  };
}
