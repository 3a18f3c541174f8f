import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { RowOf } from '../../../src/kernel/contract/resource.ts';
import type { customField } from '../../../src/platform/custom-field/contract.ts';
import { t } from '../../text/text.ts';
import type { Sort } from '../../ui/table/column.ts';
import { readSort } from '../../ui/table/sort.ts';
import { readAll } from '../query/api.ts';
import type { Resource } from '../query/resources.ts';
import { useMay, useSession } from '../session/session.tsx';
import type { RecordDefinition } from './definition.ts';
import { findDefinition } from './definitions.ts';
import type { FieldDef, FieldKind } from './field.ts';
import { inLocalOrder } from './localOrder.ts';
import { times } from './times.ts';

export type CustomField = Omit<RowOf<typeof customField>, 'resource' | 'type'> & { resource: Resource; type: string };

const unsorted = new Set(['multi_select', 'boolean']);

export function useCustomFields() {
  const may = useMay();
  return useQuery({
    queryKey: ['custom_field', 'other', 'all'],
    enabled: may('custom_field', 'read'),
    queryFn: ({ signal }) => readAll<CustomField>('/custom-fields', {}, signal),
  });
}

/** The fields that the tenant added to a record type. */
export function useAddedFields(type: Resource): readonly FieldDef[] {
  const { rights } = useSession();
  const { data } = useCustomFields();
  return useMemo(() => {
    const added = (data?.data ?? []).filter(({ resource, retired_at }) => resource === type && !retired_at);
    const limits = (rights.fields ?? {}) as Readonly<Record<string, string>>;
    return added.map((field) => toFieldDef(field, limits[`${field.resource}.${field.key}`] === 'read'));
  }, [data, type, rights]);
}

/** The record type's own fields and those the tenant added to it. */
export function useFields(definition: RecordDefinition): readonly FieldDef[] {
  const added = useAddedFields(definition.resource);
  return useMemo(() => inLocalOrder([...definition.fields, ...added]), [definition, added]);
}

/**
 * How a list is sorted that shall be sorted as asked. What a view or an address asks for may be gone, such as a field
 * of the tenant's that is retired by now, or have no order. The list then goes by the rest, because without it there
 * would be no head of a column to sort by anything else.
 */
export function useSort({ resource, contract, defaultSort }: RecordDefinition, asked: string): readonly Sort[] {
  const { isSuccess } = useCustomFields();
  const added = useAddedFields(resource);
  return useMemo(() => {
    const isSortable = (key: string) => {
      if (!key.startsWith('custom.'))
        return contract.meta.get(key)?.sortable ?? times.some((field) => field.key === key);
      return !isSuccess || added.some((field) => field.key === key && field.sortable);
    };
    const left = readSort(asked).filter(({ key }) => isSortable(key));
    return left.length > 0 ? left : readSort(defaultSort);
  }, [contract, asked, added, isSuccess, defaultSort]);
}

function toFieldDef(field: CustomField, readOnly: boolean): FieldDef {
  const of = field.type === 'user' || findDefinition(field.type) ? field.type : undefined;
  return {
    key: `custom.${field.key}`,
    label: field.label,
    kind: of ? 'reference' : (field.type as FieldKind),
    of,
    options: field.options.map((value) => ({ value, label: value })),
    required: field.required,
    section: t('More'),
    filterable: true,
    sortable: !of && !unsorted.has(field.type),
    inForm: field.required && !readOnly,
    readOnly,
  };
}
