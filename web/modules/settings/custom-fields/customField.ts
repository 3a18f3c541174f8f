import { useQuery } from '@tanstack/react-query';
import { api, type Page, readAll } from '../../../platform/query/api.ts';
import { attempt } from '../../../platform/query/attempt.ts';
import { inTurn } from '../../../platform/query/lanes.ts';
import { queryClient } from '../../../platform/query/queryClient.ts';
import { definitions } from '../../../platform/record/definitions.ts';
import { wordsOf } from '../../../platform/record/recordTypes.ts';
import type { CustomField } from '../../../platform/record/useFields.ts';
import { t } from '../../../text/text.ts';
import type { Option } from '../../../ui/Select.tsx';
import { toast } from '../../../ui/toast.ts';

export type { CustomField };

/** What is known of a field before its form is filled in. */
export type NewField = Pick<CustomField, 'resource' | 'label' | 'type' | 'options'>;

export const path = '/custom-fields';

/** The record types that can have such fields, as far as the page has forms of them. */
export const extensibleTypes = (): Option[] =>
  [
    ...referable(),
    ...['task', 'note', 'activity'].map((resource) => ({ resource, plural: wordsOf(resource).Types })),
  ].map(({ resource, plural }) => ({ value: resource, label: plural }));

/** The record types whose records a custom field can refer to. */
const referable = () => definitions().filter(({ contract }) => contract.meta.has('custom'));

export const types = (): Option[] => [
  { value: 'text', label: t('Text') },
  { value: 'integer', label: t('Whole number') },
  { value: 'decimal', label: t('Number') },
  { value: 'money', label: t('Money') },
  { value: 'date', label: t('Date') },
  { value: 'boolean', label: t('Yes or no') },
  { value: 'select', label: t('One of a list') },
  { value: 'multi_select', label: t('Several of a list') },
  { value: 'url', label: t('Web address') },
  { value: 'user', label: t('Member') },
  ...referable().map(({ resource, singular }) => ({ value: resource, label: singular })),
];

export const labelOf = (options: readonly Option[], value: string): string =>
  options.find((option) => option.value === value)?.label ?? value;

/** Types that values can be converted to, and from. */
export const isConvertible = (type: string): boolean =>
  type !== 'user' && !referable().some(({ resource }) => resource === type);
export const hasOptions = (type: unknown): boolean => type === 'select' || type === 'multi_select';

/** The custom fields in use, in their order, then the retired ones. */
export function useCustomFields() {
  return useQuery({
    queryKey: ['custom_field', 'other', 'settings'],
    queryFn: ({ signal }) => readAll<CustomField>(path, { sort: 'resource,position,key' }, signal),
  });
}

export const refreshFields = () => queryClient.invalidateQueries({ queryKey: ['custom_field'] });

/** Puts a field where another one stands; at once on the page, then on the server. */
export async function moveField(fields: readonly CustomField[], id: string, index: number): Promise<void> {
  const field = fields.find((one) => one.id === id);
  if (!field || fields[index] === field) return;
  const others = fields.filter((one) => one !== field);
  const ordered = others.toSpliced(Math.max(0, Math.min(index, others.length)), 0, field);
  queryClient.setQueryData<Page<CustomField>>(['custom_field', 'other', 'settings'], (page) => {
    const rest = page?.data.filter((one) => !ordered.some(({ id: own }) => own === one.id)) ?? [];
    return page && { ...page, data: [...ordered, ...rest] };
  });
  const ids = ordered.map((one) => one.id);
  await attempt(() => inTurn('field order', () => api.put('/custom-field-order', { resource: field.resource, ids })));
  await refreshFields();
}

export async function retire(field: CustomField): Promise<void> {
  const done = await attempt(() => api.delete(`${path}/${field.id}`, field.version));
  await refreshFields();
  if (done)
    toast(t('“{name}” is retired', { name: field.label }), {
      description: t('Its values are kept.'),
      action: { label: t('Undo'), run: () => void bringBack(field) },
    });
}

export async function bringBack(field: CustomField): Promise<void> {
  const done = await attempt(() => api.post(`${path}/${field.id}/restoration`));
  await refreshFields();
  if (done) toast(t('“{name}” is restored, with its values', { name: field.label }));
}
