import { VocabularyPage } from '../../../platform/settings/VocabularyPage.tsx';
import type { Vocabulary } from '../../../platform/settings/vocabulary.ts';
import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';

const closeReasons: Vocabulary = {
  resource: 'close_reason',
  right: 'pipeline',
  title: t('Close reasons'),
  description: t('Why deals are won or lost. Offered when a deal is closed, and used to explain win rates.'),
  words: {
    new: t('New close reason'),
    create: t('Create close reason'),
    created: t('Close reason created'),
    edit: t('Edit close reason'),
    delete: t('Delete close reason'),
  },
  none: t('No close reasons yet'),
  sort: 'outcome,name',
  start: { outcome: 'lost' },
  fields: [
    { key: 'name', label: t('Name'), kind: 'text', required: true },
    {
      key: 'outcome',
      label: t('For deals that are'),
      kind: 'select',
      required: true,
      createOnly: true,
      options: [
        { value: 'won', label: t('Won') },
        { value: 'lost', label: t('Lost') },
      ],
    },
  ],
  nameOf: ({ name }) => String(name),
  row: (record) => ({
    title: (
      <>
        <bdi>{String(record.name)}</bdi>
        <Badge meaning={record.outcome === 'won' ? 'good' : 'bad'}>
          {record.outcome === 'won' ? t('Won') : t('Lost')}
        </Badge>
      </>
    ),
  }),
  undoable: true,
  deleting: t('Deals that were closed with it keep their outcome and lose the reason.'),
};

export default function CloseReasonPage() {
  return <VocabularyPage vocabulary={closeReasons} />;
}
