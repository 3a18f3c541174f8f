import { api } from '../../../platform/query/api.ts';
import { withFields } from '../../../platform/query/problem.ts';
import { FormDialog } from '../../../platform/record/FormDialog.tsx';
import type { FieldDef } from '../../../platform/record/field.ts';
import { useMay } from '../../../platform/session/session.tsx';
import { t } from '../../../text/text.ts';
import type { Option } from '../../../ui/Select.tsx';
import { toast } from '../../../ui/toast.ts';
import { useRoles } from '../members/member.ts';
import {
  type CustomField,
  extensibleTypes,
  hasOptions,
  type NewField,
  path,
  refreshFields,
  types,
  useCustomFields,
} from './customField.ts';
import { bodyOf, inputOf, startOf, uniqueTypes } from './fieldForm.ts';

interface FieldDialogProps {
  /** Given: it is changed. */
  field?: CustomField;
  /** The values that a new field begins with; its record type cannot be changed then. */
  proposed?: NewField;
  onCreated?: (field: CustomField) => Promise<unknown>;
  onClose: () => void;
}

type Values = Readonly<Record<string, unknown>>;
const isOf =
  (...wanted: string[]) =>
  ({ type }: Values) =>
    wanted.includes(String(type));

const patterns: readonly Option[] = [
  { value: 'digits', label: t('Digits only') },
  { value: 'letters', label: t('Letters only') },
  { value: 'letters_digits', label: t('Letters and digits') },
  { value: 'capitals_digits', label: t('Capitals and digits, such as AB-12') },
  { value: 'email', label: t('E-mail address') },
  { value: 'phone', label: t('Telephone number') },
];

export function FieldDialog({ field, proposed, onCreated, onClose }: FieldDialogProps) {
  const may = useMay();
  const { data: roles } = useRoles(may('role', 'read'));
  const { data: known } = useCustomFields();
  const fields = formFields(
    field,
    (roles ?? []).map(({ id, name }) => ({ value: id, label: name })),
  ).filter(({ key }) => !proposed || key !== 'resource');

  function send(body: Values, version?: number) {
    if (field) return api.patch<CustomField>(`${path}/${field.id}`, bodyOf(body, field), version);
    const resource = proposed?.resource ?? body.resource;
    const taken = (known?.data ?? []).filter((one) => one.resource === resource).map(({ key }) => key);
    return api.post<CustomField>(path, bodyOf({ ...body, resource }, undefined, new Set(taken)));
  }

  async function save(body: Values, version?: number) {
    const type = field?.type ?? String(body.type);
    const made = await send({ ...body, type }, version).catch((error: unknown) => {
      throw withFields(error, (name) => inputOf(name, type));
    });
    await refreshFields();
    if (!field) await onCreated?.(made);
    toast(field ? t('Saved') : t('Field created'));
  }

  return (
    <FormDialog
      title={field ? t('Edit field') : t('New field')}
      action={field ? t('Save') : t('Create field')}
      fields={fields}
      start={{ ...startOf(field), ...proposed }}
      version={field?.version}
      onClose={onClose}
      onSave={save}
    />
  );
}

function formFields(field: CustomField | undefined, roles: readonly Option[]): FieldDef[] {
  const all: FieldDef[] = [
    { key: 'label', label: t('Name'), kind: 'text', required: true },
    { key: 'resource', label: t('For'), kind: 'select', required: true, createOnly: true, options: extensibleTypes() },
    { key: 'type', label: t('Kind'), kind: 'select', required: true, createOnly: true, options: types() },
    {
      key: 'key',
      label: t('Key'),
      kind: 'text',
      createOnly: true,
      help: t(
        'Its name in the API and in files. It stays when the name changes; leave it empty to derive it from the name.',
      ),
    },
    {
      key: 'options',
      label: t('Choices'),
      kind: 'lines',
      help: t('One per line'),
      shownWhen: ({ type }) => hasOptions(type),
    },
    {
      key: 'default_value',
      label: t('Default'),
      kind: 'text',
      shownWhen: isOf('text', 'url', 'select'),
      help: t('The value of new records unless somebody enters another'),
    },
    { key: 'default_number', label: t('Default'), kind: 'decimal', shownWhen: isOf('integer', 'decimal') },
    { key: 'default_date', label: t('Default'), kind: 'date', shownWhen: isOf('date') },
    {
      key: 'default_boolean',
      label: t('Default'),
      kind: 'select',
      shownWhen: isOf('boolean'),
      options: [
        { value: 'true', label: t('Yes') },
        { value: 'false', label: t('No') },
      ],
    },
    { key: 'min', label: t('At least'), kind: 'decimal', shownWhen: isOf('integer', 'decimal', 'money') },
    { key: 'max', label: t('At most'), kind: 'decimal', shownWhen: isOf('integer', 'decimal', 'money') },
    { key: 'min_date', label: t('Not before'), kind: 'date', shownWhen: isOf('date') },
    { key: 'max_date', label: t('Not after'), kind: 'date', shownWhen: isOf('date') },
    { key: 'min_length', label: t('Characters at least'), kind: 'integer', shownWhen: isOf('text', 'url') },
    { key: 'max_length', label: t('Characters at most'), kind: 'integer', shownWhen: isOf('text', 'url') },
    { key: 'pattern', label: t('Written as'), kind: 'select', options: patterns, shownWhen: isOf('text') },
    { key: 'required', label: t('Must be filled in'), kind: 'boolean' },
    {
      key: 'is_unique',
      label: t('No two records may have the same value'),
      kind: 'boolean',
      shownWhen: isOf(...uniqueTypes),
    },
  ];
  if (roles.length > 0) {
    const help = t('If you choose nobody, it is for everybody. People who manage custom fields see them all.');
    all.push(
      { key: 'visible_to', label: t('Visible only to'), kind: 'multi_select', options: roles, help },
      { key: 'editable_by', label: t('Editable only by'), kind: 'multi_select', options: roles },
    );
  }
  if (!field) return all;
  const typed = (one: FieldDef): FieldDef =>
    one.shownWhen ? { ...one, shownWhen: (values) => one.shownWhen?.({ ...values, type: field.type }) ?? true } : one;
  return all.filter(({ createOnly }) => !createOnly).map(typed);
}
