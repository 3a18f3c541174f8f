import { security as contract } from '../../../../src/modules/wealth/security/contract.ts';
import type { RecordDetails } from '../../../platform/record/definition.ts';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { assetClassOptions } from './options.ts';

export const details: RecordDetails = {
  contract,
  indefinite: t('a security'),
  emptyText: t('Add the shares, bonds and funds that your clients hold.'),
  fields: [
    { key: 'name', label: t('Name'), inTable: true, inForm: true },
    { key: 'ticker', label: t('Ticker'), inTable: true, inForm: true, width: 100 },
    {
      key: 'asset_class',
      label: t('Asset class'),
      options: assetClassOptions,
      inTable: true,
      inForm: true,
      width: 130,
    },
    { key: 'currency', label: t('Currency'), inTable: true, inForm: true, width: 100 },
    { key: 'isin', label: t('ISIN'), section: t('Identifiers'), inTable: true, inForm: true },
    { key: 'cusip', label: t('CUSIP'), section: t('Identifiers'), inTable: true, inForm: true, width: 120 },
    { key: 'sedol', label: t('SEDOL'), section: t('Identifiers') },
    { key: 'figi', label: t('FIGI'), section: t('Identifiers') },
    { key: 'price_units', label: t('Units that a price is of'), section: t('Prices') },
    { key: 'price_days', label: t('Days until a price is stale'), section: t('Prices') },
    { key: 'external_id', label: t('External ID'), section: t('Record') },
  ],
  views: () => [{ id: 'all', label: t('All') }],
  searched: ['name', 'ticker', 'isin', 'cusip'],
  facts: ['ticker', 'asset_class', 'currency'],
  useStart: () => start,
  fromName: (name) => ({ name, asset_class: 'other' }),
  tabs: [{ id: 'prices', label: t('Prices'), Part: lazyPart(() => import('./PricesTab.tsx')) }],
  narrow: { details: ['ticker', 'isin'], standing: 'asset_class' },
};

const start = { asset_class: 'equity' };
