import { t } from '../../../text/text.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { formatMoney } from '../../../ui/format.ts';
import { VocabularyPage } from './VocabularyPage.tsx';
import type { Vocabulary } from './vocabulary.ts';

const products: Vocabulary = {
  resource: 'product',
  right: 'product',
  title: t('Products'),
  description: t('What you sell, and at which list price. Deals name them line by line.'),
  words: {
    new: t('New product'),
    create: t('Create product'),
    created: t('Product created'),
    edit: t('Edit product'),
    delete: t('Delete product'),
  },
  none: t('No products yet'),
  sort: 'name',
  start: { active: true },
  fields: [
    { key: 'name', label: t('Name'), kind: 'text', required: true },
    { key: 'family', label: t('Family'), kind: 'text', help: t('Products that belong together') },
    { key: 'unit_price', label: t('Unit price'), kind: 'money', currencyKey: 'currency' },
    { key: 'currency', label: t('Currency'), kind: 'currency', help: t('Three letters, such as USD') },
    { key: 'external_id', label: t('External id'), kind: 'text' },
    { key: 'active', label: t('Offered for new deals'), kind: 'boolean' },
  ],
  row: (record) => ({
    title: (
      <>
        <bdi>{String(record.name)}</bdi>
        {record.active === false && <Badge>{t('Not offered')}</Badge>}
      </>
    ),
    detail: [record.family, record.unit_price && formatMoney(String(record.unit_price), String(record.currency))]
      .filter(Boolean)
      .join(' · '),
  }),
  undoable: true,
  deleting: t('A product that stands on a deal cannot be deleted. Switch off “offered for new deals” instead.'),
};

export default function ProductPage() {
  return <VocabularyPage vocabulary={products} />;
}
