import { Badge } from '../../../ui/Badge.tsx';
import { type Vocabulary, VocabularyPage } from './VocabularyPage.tsx';

const resources = [
  { value: 'contact', label: 'Contacts' },
  { value: 'company', label: 'Companies' },
  { value: 'deal', label: 'Deals' },
  { value: 'task', label: 'Tasks' },
];

const types = [
  { value: 'text', label: 'Text' },
  { value: 'integer', label: 'Whole number' },
  { value: 'decimal', label: 'Number' },
  { value: 'money', label: 'Money' },
  { value: 'date', label: 'Date' },
  { value: 'boolean', label: 'Yes or no' },
  { value: 'select', label: 'One of a list' },
  { value: 'multi_select', label: 'Several of a list' },
  { value: 'url', label: 'Web address' },
  { value: 'user', label: 'Member' },
  { value: 'contact', label: 'Contact' },
  { value: 'company', label: 'Company' },
];

const label = (options: { value: string; label: string }[], value: unknown) =>
  options.find((option) => option.value === value)?.label ?? String(value);

const customFields: Vocabulary = {
  resource: 'custom_field',
  right: 'custom_field',
  title: 'Custom fields',
  description: 'Fields of your own. They work like all others: in lists, filters, forms, import, export and API.',
  one: 'field',
  many: 'custom fields',
  sort: 'resource,position',
  start: { resource: 'contact', type: 'text', required: false },
  fields: [
    { key: 'label', label: 'Name', kind: 'text', required: true },
    {
      key: 'key',
      label: 'Key',
      kind: 'text',
      required: true,
      createOnly: true,
      help: 'As the API and files name it: small letters, digits and _',
    },
    { key: 'resource', label: 'For', kind: 'select', required: true, createOnly: true, options: resources },
    { key: 'type', label: 'Kind', kind: 'select', required: true, createOnly: true, options: types },
    {
      key: 'options',
      label: 'Choices',
      kind: 'lines',
      help: 'One a line',
      shownWhen: ({ type }) => type === 'select' || type === 'multi_select',
    },
    { key: 'required', label: 'Must be filled in', kind: 'boolean' },
  ],
  row: (record) => ({
    title: (
      <>
        <bdi>{String(record.label)}</bdi>
        <Badge>{label(types, record.type)}</Badge>
        {record.required === true && <Badge meaning="info">Required</Badge>}
      </>
    ),
    detail: `${label(resources, record.resource)} · ${String(record.key)}`,
  }),
  deleting: 'Its values are deleted with it, on all records. This cannot be undone.',
};

export default function CustomFieldPage() {
  return <VocabularyPage vocabulary={customFields} />;
}
