import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { RowOf } from '../../src/kernel/contract/resource.ts';
import type { customField } from '../../src/modules/directory/custom-field/contract.ts';
import { readAll } from '../app/api.ts';
import type { Resource } from '../app/resources.ts';
import { useMay, useSession } from '../app/session.tsx';
import { t } from '../text/text.ts';
import type { RecordDefinition } from './definition.ts';
import { findDefinition } from './definitions.ts';
import type { FieldDef, FieldKind } from './field.ts';
import { inLocalOrder } from './localOrder.ts';

export type CustomField = Omit<RowOf<typeof customField>, 'resource' | 'type'> & { resource: Resource; type: string };

const unsorted = new Set(['multi_select', 'boolean']);

/** The fields that the tenant added to a record type. */
export function useAddedFields(type: Resource): readonly FieldDef[] {
  const may = useMay();
  const { rights } = useSession();
  const { data } = useQuery({
    queryKey: ['custom_field', 'other', 'all'],
    enabled: may('custom_field', 'read'),
    queryFn: ({ signal }) => readAll<CustomField>('/custom-fields', {}, signal),
  });
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
