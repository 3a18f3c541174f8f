import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { t } from '../../../text/text.ts';
import { formatDate, formatMonth } from '../../../ui/format.ts';
import { api } from '../../query/api.ts';
import { pathOf } from '../../query/resources.ts';
import type { RecordDefinition } from '../definition.ts';
import type { FieldDef } from '../field.ts';
import type { Filter } from '../filter/filter.ts';
import type { Money } from '../money.ts';

/** As the API answers it. */
export interface Group {
  value: string | null;
  name: string | null;
  count: number;
  sums?: Record<string, string | Money[]>;
  filter: Filter;
}

/** The id of a group, or of its column, among those of the same field; that of records without a value is empty. */
export const groupId = ({ value }: Pick<Group, 'value'>): string => value ?? '';

/** How many records have which value of a field, with the sums that stand at the foot of the list. */
export function useGroups({ resource, summed }: RecordDefinition, by: FieldDef, filter: Filter | null) {
  return useQuery({
    // Beside the sums, which every change of a record has read again.
    queryKey: [resource, 'sums', 'groups', by.key, filter],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.get<{ groups: Group[]; more_groups: boolean }>(
        pathOf(resource),
        { group: by.key, filter: filter && JSON.stringify(filter), limit: 1, sums: summed.join(',') || null },
        signal,
      ),
  });
}

/** What a group is called; dates make groups by the month. */
export function groupLabel(by: FieldDef, { value, name }: Pick<Group, 'value' | 'name'>): string {
  if (value === null) return t('None');
  if (by.kind === 'boolean') return value === 'true' ? t('Yes') : t('No');
  if (by.kind === 'date' || by.kind === 'time') return value.endsWith('-01') ? formatMonth(value) : formatDate(value);
  if (by.kind === 'reference') return name ?? t('Deleted, or not visible to you');
  return by.options?.find((option) => option.value === value)?.label ?? value;
}

/** What a record's field is set to so that it comes into a group. */
export function groupValue(by: FieldDef, { value, name }: Pick<Group, 'value' | 'name'>): unknown {
  if (value === null) return null;
  if (by.kind === 'boolean') return value === 'true';
  return by.kind === 'reference' ? { id: value, name: name ?? '' } : value;
}
