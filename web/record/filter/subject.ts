import { t } from '../../text/text.ts';
import type { RecordDefinition, Relation } from '../definition.ts';
import { findDefinition, relationsOf } from '../definitions.ts';
import type { FieldDef } from '../field.ts';
import { useFields } from '../useFields.ts';

/** What a filter can be about: the fields of a record type, and the ways from it to others. */
export interface FilterSubject {
  fields: readonly FieldDef[];
  relations: readonly Relation[];
}

/** Told by no answer, and only to filter by. */
const fromImport: FieldDef = { key: 'import_id', label: t('Import'), kind: 'reference', of: 'import', readOnly: true };

export function useFilterSubject(definition: RecordDefinition): FilterSubject {
  const fields = useFields(definition).filter((field) => field.filterable);
  return { fields: [...fields, fromImport], relations: [...relationsOf(definition), ...customRelations(fields)] };
}

/** Through custom fields that name records. */
const customRelations = (fields: readonly FieldDef[]): Relation[] =>
  fields.flatMap(({ key, label, of }) =>
    key.startsWith('custom.') && findDefinition(of) ? [{ name: key, label, resource: of! }] : [],
  );
