import { Badge } from '../../../ui/Badge.tsx';
import { type Vocabulary, VocabularyPage } from './VocabularyPage.tsx';

const closeReasons: Vocabulary = {
  resource: 'close_reason',
  right: 'pipeline',
  title: 'Close reasons',
  description: 'Why deals are won or lost. Offered when a deal is closed, and what win rates are explained by.',
  one: 'close reason',
  many: 'close reasons',
  sort: 'outcome,name',
  start: { outcome: 'lost' },
  fields: [
    { key: 'name', label: 'Name', kind: 'text', required: true },
    {
      key: 'outcome',
      label: 'For deals that are',
      kind: 'select',
      required: true,
      createOnly: true,
      options: [
        { value: 'won', label: 'Won' },
        { value: 'lost', label: 'Lost' },
      ],
    },
  ],
  row: (record) => ({
    title: (
      <>
        <bdi>{String(record.name)}</bdi>
        <Badge meaning={record.outcome === 'won' ? 'good' : 'bad'}>{record.outcome === 'won' ? 'Won' : 'Lost'}</Badge>
      </>
    ),
  }),
  deleting: 'Deals that were closed with it keep their outcome and lose the reason.',
};

export default function CloseReasonPage() {
  return <VocabularyPage vocabulary={closeReasons} />;
}
