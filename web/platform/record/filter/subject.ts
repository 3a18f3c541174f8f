import { t } from '../../../text/text.ts';
import type { RecordDefinition, Relation } from '../definition.ts';
import { findDefinition, relationsOf } from '../definitions.ts';
import type { FieldDef } from '../field.ts';
import { useCustomFields, useFields } from '../useFields.ts';

/** What a filter can be about: the fields of a record type, and the ways from it to others. */
export interface FilterSubject {
  fields: readonly FieldDef[];
  relations: readonly Relation[];
  /**
   * What to call a field, or a way to other records, that is none of these: a retired field of the workspace's own, or
   * one that is not there.
   */
  unknown: (name: string) => string;
}

/** Told by no answer, and only to filter by. */
const fromImport: FieldDef = { key: 'import_id', label: t('Import'), kind: 'reference', of: 'import', readOnly: true };

export function useFilterSubject(definition: RecordDefinition): FilterSubject {
  const fields = useFields(definition).filter((field) => field.filterable);
  const { data, isLoading } = useCustomFields();
  return {
    fields: [...fields, fromImport],
    relations: [...relationsOf(definition), ...customRelations(fields)],
    unknown: (name) => {
      if (isLoading) return '…';
      const retired = data?.data.find(
        ({ resource, key }) => resource === definition.resource && `custom.${key}` === name,
      );
      return retired ? t('{field} (retired)', { field: retired.label }) : t('Unknown field');
    },
  };
}

/** Through custom fields that name records. */
const customRelations = (fields: readonly FieldDef[]): Relation[] =>
  fields.flatMap(({ key, label, of }) =>
    key.startsWith('custom.') && findDefinition(of) ? [{ name: key, label, resource: of! }] : [],
  );
