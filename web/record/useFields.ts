import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, type Page } from '../app/api.ts';
import { useMay } from '../app/session.tsx';
import { t } from '../text/text.ts';
import type { RecordDefinition } from './definition.ts';
import type { FieldDef, FieldKind } from './field.ts';

export interface CustomField {
  id: string;
  version: number;
  resource: string;
  key: string;
  label: string;
  type: string;
  options: string[];
  required: boolean;
}

const references = ['user', 'contact', 'company'] as const;
const unsorted = new Set(['multi_select', 'boolean', ...references]);

/** The noun's own fields and those the tenant added to it. */
export function useFields(definition: RecordDefinition): readonly FieldDef[] {
  const may = useMay();
  const { data } = useQuery({
    queryKey: ['custom_field', 'other', 'all'],
    enabled: may('custom_field', 'read'),
    queryFn: ({ signal }) => api.get<Page<CustomField>>('/custom-fields', { limit: 200 }, signal),
  });
  return useMemo(() => {
    const added = (data?.data ?? []).filter((field) => field.resource === definition.resource).map(toFieldDef);
    return added.length > 0 ? [...definition.fields, ...added] : definition.fields;
  }, [data, definition]);
}

function toFieldDef(field: CustomField): FieldDef {
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
    inForm: field.required,
  };
}
