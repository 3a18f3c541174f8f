import { company as contract } from '../../../../src/modules/directory/company/contract.ts';
import type { RecordDetails } from '../../../platform/record/definition.ts';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { companyFields } from './fields.ts';

export const details: RecordDetails = {
  contract,
  indefinite: t('a company'),
  emptyText: t('Add the companies you work with, or import them from a file.'),
  fields: companyFields,
  relationLabels: { parent: t('Parent company'), companies: t('Subsidiaries') },
  summed: ['annual_revenue', 'employee_count'],
  searched: ['name', 'domain', 'city'],
  compared: ['name', 'domain', 'phone', 'city', 'postal_code', 'country'],
  views: ({ user }) => [
    { id: 'all', label: t('All') },
    { id: 'mine', label: t('Mine'), filter: { field: 'owner_id', op: 'eq', value: user.id } },
    { id: 'subsidiaries', label: t('Subsidiaries'), filter: { field: 'parent_id', op: 'not_empty' } },
    { id: 'recent', label: t('Recently updated'), sort: '-updated_at' },
  ],
  fromName: (name) => ({ name }),
  facts: ['industry', 'annual_revenue', 'owner_id'],
  Related: lazyPart(() => import('./CompanyRelated.tsx')),
  narrow: { details: ['industry', 'domain', 'city'], standing: 'country' },
};
