import { transaction as contract } from '../../../../src/modules/wealth/transaction/contract.ts';
import type { RecordDetails } from '../../../platform/record/definition.ts';
import type { AnyRecord, Named } from '../../../platform/record/field.ts';
import { t } from '../../../text/text.ts';
import { today } from '../../../ui/format.ts';
import { kindGroups, transactionKindOptions, transactionKindText } from './options.ts';

const money = { kind: 'money', currencyKey: 'currency' } as const;
const figures = t('Figures');

export const details: RecordDetails = {
  contract,
  indefinite: t('a transaction'),
  emptyText: t('Record what happens in client accounts, or import it from a file.'),
  importPath: '/custodian-files',
  fields: [
    { key: 'kind', label: t('Kind'), options: transactionKindOptions, inTable: true, inForm: true },
    { key: 'traded_on', label: t('Day'), inTable: true, inForm: true, width: 120 },
    { key: 'account_id', label: t('Account'), inTable: true, inForm: true, width: 190 },
    { key: 'security_id', label: t('Financial security'), inForm: true },
    {
      key: 'quantity',
      label: t('Quantity'),
      section: figures,
      inTable: true,
      inForm: true,
      width: 110,
      help: t('Positive when it adds to the account, negative when it takes away'),
    },
    { key: 'price', label: t('Market price'), section: figures, inTable: true, inForm: true, width: 110 },
    {
      key: 'amount',
      label: t('Amount'),
      ...money,
      section: figures,
      inTable: true,
      inForm: true,
      width: 130,
      help: t('The change in cash, including fees and taxes'),
    },
    { key: 'currency', label: t('Currency'), section: figures, inForm: true },
    { key: 'fees', label: t('Fees'), ...money, section: figures },
    { key: 'taxes', label: t('Taxes'), ...money, section: figures },
    { key: 'cost', label: t('Cost'), ...money, section: figures },
    { key: 'settled_on', label: t('Settled on') },
    { key: 'counter_account_id', label: t('Other account') },
    { key: 'description', label: t('Description'), inForm: true },
    { key: 'external_id', label: t('External ID'), section: t('Record') },
    { key: 'occurrence', label: t('Occurrence'), section: t('Record') },
    { key: 'reverses_id', hidden: true },
  ],
  views: () => [
    { id: 'all', label: t('All') },
    ...kindGroups.map(({ id, label, kinds }) => ({
      id,
      label,
      filter: { field: 'kind', op: 'in' as const, value: [...kinds] },
    })),
  ],
  summed: [],
  defaultSort: '-traded_on',
  relationLabels: { counter_account: t('Other account') },
  searched: ['description', 'external_id'],
  facts: ['traded_on', 'account_id', 'amount'],
  fullName,
  useStart: () => ({ kind: 'deposit', traded_on: today() }),
  narrow: { day: 'traded_on', details: ['account_id'], standing: 'amount' },
};

/** "Buy: World fund"; of what concerns no security its kind alone. */
function fullName({ kind, security }: AnyRecord): string {
  const said = transactionKindText(String(kind));
  return security ? t('{kind}: {name}', { kind: said, name: (security as Named).name }) : said;
}
