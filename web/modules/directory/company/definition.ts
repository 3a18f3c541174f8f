import { Building2 } from 'lucide-react';
import { lazy } from 'react';
import type { RecordDefinition } from '../../../record/definition.ts';
import { t } from '../../../text/text.ts';
import { CompanyFacts } from './CompanyFacts.tsx';
import { companyFields } from './fields.ts';

export const company: RecordDefinition = {
  resource: 'company',
  path: '/companies',
  title: t('Companies'),
  icon: Building2,
  square: true,
  fields: companyFields,
  relations: [
    { name: 'contacts', label: t('Contacts'), resource: 'contact' },
    { name: 'deals', label: t('Deals'), resource: 'deal' },
    { name: 'parent', label: t('Parent company'), resource: 'company' },
    { name: 'companies', label: t('Subsidiaries'), resource: 'company' },
  ],
  defaultSort: 'name',
  summed: ['annual_revenue', 'employee_count'],
  views: ({ user }) => [
    { id: 'all', label: t('All') },
    { id: 'mine', label: t('Mine'), filter: { field: 'owner_id', op: 'eq', value: user.id } },
    { id: 'subsidiaries', label: t('Subsidiaries'), filter: { field: 'parent_id', op: 'not_empty' } },
    { id: 'recent', label: t('Recently updated'), sort: '-updated_at' },
  ],
  Facts: CompanyFacts,
  Related: lazy(() => import('./CompanyRelated.tsx')),
  narrow: { details: ['industry', 'domain', 'city'], standing: 'country' },
  emptyText: t('Add the companies you work with, or import them from a file.'),
};
