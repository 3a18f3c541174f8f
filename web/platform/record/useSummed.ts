import { useQuery } from '@tanstack/react-query';
import { api } from '../query/api.ts';
import type { RecordDefinition } from './definition.ts';
import type { FieldDef } from './field.ts';
import type { Filter } from './filter/filter.ts';
import type { Money, MoneyTotal } from './money.ts';
import { useFields } from './useFields.ts';

/** As the API. */
const summed_fields_max = 5;

/**
 * The fields whose sums stand at the foot of a list: those of its definition, and the workspace's amounts as far as the
 * API takes more.
 */
export function useSummed(definition: RecordDefinition): readonly FieldDef[] {
  const fields = useFields(definition);
  const own = definition.summed.flatMap((key) => fields.find((field) => field.key === key) ?? []);
  const custom = fields.filter(({ key, kind }) => key.startsWith('custom.') && kind === 'money');
  return [...own, ...custom].slice(0, summed_fields_max);
}

/** The sums of all that match, as one where they are in several currencies and the record type can convert them. */
export function useTotal(
  { resource, summed, totalPath }: RecordDefinition,
  filter: Filter | null,
  sums: Readonly<Record<string, string | Money[]>> | undefined,
): MoneyTotal | undefined {
  const several = summed.some((key) => Array.isArray(sums?.[key]) && sums[key].length > 1);
  const { data } = useQuery({
    queryKey: [resource, 'sums', 'total', filter],
    enabled: several && totalPath !== undefined,
    queryFn: ({ signal }) =>
      api.get<MoneyTotal>(String(totalPath), { filter: filter && JSON.stringify(filter) }, signal),
  });
  return data;
}
