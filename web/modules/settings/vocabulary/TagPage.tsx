import { Chip } from '../../../ui/Chip.tsx';
import { type Vocabulary, VocabularyPage } from './VocabularyPage.tsx';

const colors = ['gray', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink'];

const tags: Vocabulary = {
  resource: 'tag',
  right: 'tag',
  title: 'Tags',
  description: 'Short words that mark contacts, companies and deals.',
  one: 'tag',
  many: 'tags',
  sort: 'name',
  start: { color: 'gray' },
  fields: [
    { key: 'name', label: 'Name', kind: 'text', required: true },
    {
      key: 'color',
      label: 'Colour',
      kind: 'select',
      required: true,
      options: colors.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) })),
    },
  ],
  row: (record) => ({ title: <Chip color={String(record.color)}>{String(record.name)}</Chip> }),
  deleting: 'It is taken off everything that carries it.',
};

export default function TagPage() {
  return <VocabularyPage vocabulary={tags} />;
}
