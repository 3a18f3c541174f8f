import type { RecordDefinition } from './definition.ts';
import type { FieldDef } from './field.ts';
import { useFields } from './useFields.ts';

/** As the API. */
const summed_fields_max = 5;

/** The fields whose sums stand at the foot of a list: those of its definition, and the workspace's amounts as far as the API takes more. */
export function useSummed(definition: RecordDefinition): readonly FieldDef[] {
  const fields = useFields(definition);
  const own = definition.summed.flatMap((key) => fields.find((field) => field.key === key) ?? []);
  const custom = fields.filter(({ key, kind }) => key.startsWith('custom.') && kind === 'money');
  return [...own, ...custom].slice(0, summed_fields_max);
}
