import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { type Vocabulary, VocabularyPage } from './VocabularyPage.tsx';

const resources = [
  { value: 'contact', label: t('Contacts') },
  { value: 'company', label: t('Companies') },
  { value: 'deal', label: t('Deals') },
  { value: 'task', label: t('Tasks') },
];

const types = [
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
  { value: 'contact', label: t('Contact') },
  { value: 'company', label: t('Company') },
];

const label = (options: { value: string; label: string }[], value: unknown) =>
  options.find((option) => option.value === value)?.label ?? String(value);

const customFields: Vocabulary = {
  resource: 'custom_field',
  right: 'custom_field',
  title: t('Custom fields'),
  description: t('Fields of your own. They work like all others: in lists, filters, forms, import, export and API.'),
  words: {
    new: t('New field'),
    create: t('Create field'),
    created: t('The field is there'),
    edit: t('Edit field'),
    delete: t('Delete field'),
  },
  none: t('No custom fields yet'),
  sort: 'resource,position',
  start: { resource: 'contact', type: 'text', required: false },
  fields: [
    { key: 'label', label: t('Name'), kind: 'text', required: true },
    {
      key: 'key',
      label: t('Key'),
      kind: 'text',
      required: true,
      createOnly: true,
      help: t('As the API and files name it: small letters, digits and _'),
    },
    { key: 'resource', label: t('For'), kind: 'select', required: true, createOnly: true, options: resources },
    { key: 'type', label: t('Kind'), kind: 'select', required: true, createOnly: true, options: types },
    {
      key: 'options',
      label: t('Choices'),
      kind: 'lines',
      help: t('One a line'),
      shownWhen: ({ type }) => type === 'select' || type === 'multi_select',
    },
    { key: 'required', label: t('Must be filled in'), kind: 'boolean' },
  ],
  row: (record) => ({
    title: (
      <>
        <bdi>{String(record.label)}</bdi>
        <Badge>{label(types, record.type)}</Badge>
        {record.required === true && <Badge meaning="info">{t('Required')}</Badge>}
      </>
    ),
    detail: `${label(resources, record.resource)} · ${String(record.key)}`,
  }),
  deleting: t('Its values are deleted with it, on all records. This cannot be undone.'),
};

export default function CustomFieldPage() {
  return <VocabularyPage vocabulary={customFields} />;
}
