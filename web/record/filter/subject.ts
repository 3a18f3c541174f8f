import { t } from '../../text/text.ts';
import type { RecordDefinition, Relation } from '../definition.ts';
import type { FieldDef } from '../field.ts';
import { useFields } from '../useFields.ts';

/** What a filter can be about: the fields of a noun, and the ways from it to others. */
export interface FilterSubject {
  fields: readonly FieldDef[];
  relations: readonly Relation[];
}

/** Told by no answer, and only to filter by. */
const fromImport: FieldDef = { key: 'import_id', label: t('Import'), kind: 'reference', of: 'import', readOnly: true };

export function useFilterSubject(definition: RecordDefinition): FilterSubject {
  const fields = useFields(definition).filter((field) => field.filterable);
  const relations = definition.relations();
  return { fields: [...fields, fromImport], relations: [...relations, ...customRelations(definition, fields)] };
}

/** Through custom fields that name records, whose definitions are those that the noun's own relations lead to, and its own. */
function customRelations(definition: RecordDefinition, fields: readonly FieldDef[]): Relation[] {
  const known = [definition, ...definition.relations().map((relation) => relation.definition)];
  return fields.flatMap(({ key, label, of }) => {
    const target = key.startsWith('custom.') && known.find(({ resource }) => resource === of);
    return target ? [{ name: key, label, definition: target }] : [];
  });
}
