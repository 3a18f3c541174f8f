import { Badge } from '../../../ui/Badge.tsx';
import { formatMoney } from '../../../ui/format.ts';
import { type Vocabulary, VocabularyPage } from './VocabularyPage.tsx';

const products: Vocabulary = {
  resource: 'product',
  right: 'product',
  title: 'Products',
  description: 'What you sell, and at which list price. Deals name them line by line.',
  one: 'product',
  many: 'products',
  sort: 'name',
  start: { active: true },
  fields: [
    { key: 'name', label: 'Name', kind: 'text', required: true },
    { key: 'family', label: 'Family', kind: 'text', help: 'Products that belong together' },
    { key: 'unit_price', label: 'Unit price', kind: 'money', currencyKey: 'currency' },
    { key: 'currency', label: 'Currency', kind: 'currency', help: 'Three letters, such as USD' },
    { key: 'external_id', label: 'External id', kind: 'text' },
    { key: 'active', label: 'Offered for new deals', kind: 'boolean' },
  ],
  row: (record) => ({
    title: (
      <>
        <bdi>{String(record.name)}</bdi>
        {record.active === false && <Badge>Not offered</Badge>}
      </>
    ),
    detail: [record.family, record.unit_price && formatMoney(String(record.unit_price), String(record.currency))]
      .filter(Boolean)
      .join(' · '),
  }),
  deleting: 'A product that stands on a deal cannot be deleted. Switch off “offered for new deals” instead.',
};

export default function ProductPage() {
  return <VocabularyPage vocabulary={products} />;
}
