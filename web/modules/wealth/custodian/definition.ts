import { custodian as contract } from '../../../../src/modules/wealth/custodian/contract.ts';
import type { RecordDetails } from '../../../platform/record/definition.ts';
import { t } from '../../../text/text.ts';

export const details: RecordDetails = {
  contract,
  indefinite: t('a custodian'),
  emptyText: t('Add the banks and brokers that hold the accounts of your clients.'),
  fields: [
    { key: 'name', label: t('Name'), inTable: true, inForm: true },
    { key: 'website', label: t('Website'), inTable: true, inForm: true, width: 200 },
    { key: 'phone', label: t('Phone'), inTable: true, inForm: true },
    { key: 'external_id', label: t('External ID'), section: t('Record') },
  ],
  views: () => [{ id: 'all', label: t('All') }],
  searched: ['name', 'external_id'],
  facts: ['website', 'phone'],
  fromName: (name) => ({ name }),
  narrow: { details: ['website'], standing: 'phone' },
};
