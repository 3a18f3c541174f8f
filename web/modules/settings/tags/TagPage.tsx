import { VocabularyPage } from '../../../platform/settings/VocabularyPage.tsx';
import type { Vocabulary } from '../../../platform/settings/vocabulary.ts';
import { t } from '../../../text/text.ts';
import { Chip } from '../../../ui/Chip.tsx';

const colors = [
  { value: 'gray', label: t('Gray') },
  { value: 'red', label: t('Red') },
  { value: 'orange', label: t('Orange') },
  { value: 'yellow', label: t('Yellow') },
  { value: 'green', label: t('Green') },
  { value: 'teal', label: t('Teal') },
  { value: 'blue', label: t('Blue') },
  { value: 'violet', label: t('Violet') },
  { value: 'pink', label: t('Pink') },
];

const tags: Vocabulary = {
  resource: 'tag',
  right: 'tag',
  title: t('Tags'),
  description: t('Short words that mark contacts, companies and deals.'),
  words: {
    new: t('New tag'),
    create: t('Create tag'),
    created: t('Tag created'),
    edit: t('Edit tag'),
    delete: t('Delete tag'),
  },
  none: t('No tags yet'),
  sort: 'name',
  start: { color: 'gray' },
  fields: [
    { key: 'name', label: t('Name'), kind: 'text', required: true },
    {
      key: 'color',
      label: t('Colour'),
      kind: 'select',
      required: true,
      options: colors,
    },
  ],
  nameOf: ({ name }) => String(name),
  row: (record) => ({ title: <Chip color={String(record.color)}>{String(record.name)}</Chip> }),
  undoable: true,
  deleting: t('It is removed from everything tagged with it.'),
};

export default function TagPage() {
  return <VocabularyPage vocabulary={tags} />;
}
