import { product as contract } from '../../../../src/modules/sales/product/contract.ts';
import type { RecordDetails } from '../../../platform/record/definition.ts';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';

export const details: RecordDetails = {
  contract,
  indefinite: t('a product'),
  emptyText: t('What you sell, and at what list price. Deals list them line by line.'),
  fields: [
    { key: 'name', label: t('Name'), inTable: true, inForm: true },
    { key: 'family', label: t('Family'), inTable: true, inForm: true, help: t('Products that belong together') },
    { key: 'unit_price', label: t('Unit price'), inTable: true, inForm: true },
    { key: 'currency', label: t('Currency'), inForm: true, filterable: false },
    {
      key: 'active',
      label: t('Offered for new deals'),
      inTable: true,
      inForm: true,
      required: true,
      help: t('A product used in a deal cannot be deleted. Stop offering it instead.'),
    },
    { key: 'external_id', label: t('External ID'), help: t('The id this product has in another system') },
  ],
  views: () => [
    { id: 'all', label: t('All') },
    { id: 'offered', label: t('Offered'), filter: { field: 'active', op: 'eq', value: true } },
    { id: 'recent', label: t('Recently updated'), sort: '-updated_at' },
  ],
  summed: [],
  searched: ['name', 'family', 'external_id'],
  facts: ['family', 'unit_price', 'active'],
  Related: lazyPart(() => import('./ProductDeals.tsx')),
  useStart: () => start,
  narrow: { details: ['family'], standing: 'unit_price' },
};

const start = { active: true };
