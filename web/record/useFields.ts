import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, type Page } from '../app/api.ts';
import { useMay, useSession } from '../app/session.tsx';
import { t } from '../text/text.ts';
import type { RecordDefinition } from './definition.ts';
import type { FieldDef, FieldKind } from './field.ts';
import { inLocalOrder } from './localOrder.ts';

export interface CustomField {
  id: string;
  version: number;
  resource: string;
  key: string;
  label: string;
  type: string;
  options: string[];
  required: boolean;
  retired_at: string | null;
}

const references = ['user', 'contact', 'company', 'deal'] as const;
const unsorted = new Set(['multi_select', 'boolean', ...references]);

/** The noun's own fields and those the tenant added to it. */
export function useFields(definition: RecordDefinition): readonly FieldDef[] {
  const may = useMay();
  const { rights } = useSession();
  const { data } = useQuery({
    queryKey: ['custom_field', 'other', 'all'],
    enabled: may('custom_field', 'read'),
    queryFn: ({ signal }) => api.get<Page<CustomField>>('/custom-fields', { limit: 200 }, signal),
  });
  return useMemo(() => {
    const own = (data?.data ?? []).filter(
      ({ resource, retired_at }) => resource === definition.resource && !retired_at,
    );
    const limits = (rights.fields ?? {}) as Readonly<Record<string, string>>;
    const added = own.map((field) => toFieldDef(field, limits[`${field.resource}.${field.key}`] === 'read'));
    return inLocalOrder([...definition.fields, ...added]);
  }, [data, definition, rights]);
}

function toFieldDef(field: CustomField, readOnly: boolean): FieldDef {
  const of = references.find((noun) => noun === field.type);
  return {
    key: `custom.${field.key}`,
    label: field.label,
    kind: of ? 'reference' : (field.type as FieldKind),
    of,
    options: field.options.map((value) => ({ value, label: value })),
    required: field.required,
    section: t('More'),
    filterable: true,
    sortable: !unsorted.has(field.type),
    inForm: field.required && !readOnly,
    readOnly,
  };
}
