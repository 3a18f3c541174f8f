import { financialAccount as contract } from '../../../../src/modules/wealth/financial-account/contract.ts';
import type { RecordDetails } from '../../../platform/record/definition.ts';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { accountKindOptions, registrationOptions } from './options.ts';

export const details: RecordDetails = {
  contract,
  indefinite: t('an account'),
  emptyText: t('Add the accounts of your clients: managed, held away, and liabilities.'),
  importPath: '/custodian-files',
  fields: [
    { key: 'name', label: t('Name'), inTable: true, inForm: true },
    { key: 'household_id', label: t('Household'), inTable: true, inForm: true, width: 190 },
    { key: 'kind', label: t('Kind'), options: accountKindOptions, inTable: true, inForm: true, width: 120 },
    {
      key: 'registration',
      label: t('Registration'),
      options: registrationOptions,
      inTable: true,
      inForm: true,
      width: 180,
    },
    { key: 'custodian_id', label: t('Custodian'), inTable: true, inForm: true, width: 170 },
    // Its page shows it with the way to reveal it.
    {
      key: 'account_number',
      label: t('Account number'),
      kind: 'text',
      section: null,
      filterable: false,
      inTable: true,
      readOnly: true,
    },
    { key: 'currency', label: t('Currency'), inTable: true, inForm: true, width: 100 },
    { key: 'benchmark_id', label: t('Benchmark') },
    { key: 'opened_on', label: t('Opened on'), inTable: true, inForm: true },
    { key: 'closed_on', label: t('Account closed on') },
    { key: 'tags', label: t('Tags') },
    { key: 'external_id', label: t('External ID'), section: t('Record') },
  ],
  views: () => [
    { id: 'all', label: t('All') },
    { id: 'managed', label: t('Managed'), filter: { field: 'kind', op: 'eq', value: 'managed' } },
    { id: 'held-away', label: t('Held away'), filter: { field: 'kind', op: 'eq', value: 'held_away' } },
    { id: 'liabilities', label: t('Liabilities'), filter: { field: 'kind', op: 'eq', value: 'liability' } },
  ],
  relationLabels: { benchmark: t('Benchmark') },
  searched: ['name', 'external_id'],
  choiceDetails: ['household_id', 'account_number'],
  facts: ['kind', 'registration', 'custodian_id'],
  useStart: () => start,
  Related: lazyPart(() => import('./AccountRelated.tsx')),
  tabs: [
    { id: 'holdings', label: t('Holdings'), Part: lazyPart(() => import('./HoldingsTab.tsx')) },
    { id: 'transactions', label: t('Transactions'), Part: lazyPart(() => import('./TransactionsTab.tsx')) },
    { id: 'performance', label: t('Performance'), Part: lazyPart(() => import('./PerformanceTab.tsx')) },
    {
      id: 'reconciliation',
      label: t('Reconciliation'),
      Part: lazyPart(() => import('../reconciliation/ReconciliationTab.tsx')),
    },
  ],
  narrow: { details: ['household_id', 'custodian_id'], standing: 'kind' },
};

const start = { kind: 'managed', registration: 'individual' };
