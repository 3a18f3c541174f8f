import { Users } from 'lucide-react';
import { lazy } from 'react';
import type { RecordDefinition } from '../../../record/definition.ts';
import { t } from '../../../text/text.ts';
import { ContactFacts } from './ContactFacts.tsx';
import { contactFields } from './fields.ts';

export const contact: RecordDefinition = {
  resource: 'contact',
  path: '/contacts',
  title: t('Contacts'),
  icon: Users,
  square: false,
  fields: contactFields,
  relations: [
    { name: 'company', label: t('Company'), resource: 'company' },
    { name: 'deals', label: t('Deals'), resource: 'deal' },
  ],
  defaultSort: 'name',
  summed: [],
  views: ({ user }) => [
    { id: 'all', label: t('All') },
    { id: 'mine', label: t('Mine'), filter: { field: 'owner_id', op: 'eq', value: user.id } },
    { id: 'leads', label: t('Leads'), filter: { field: 'lifecycle_stage', op: 'eq', value: 'lead' } },
    { id: 'customers', label: t('Customers'), filter: { field: 'lifecycle_stage', op: 'eq', value: 'customer' } },
    { id: 'recent', label: t('Recently updated'), sort: '-updated_at' },
  ],
  Facts: ContactFacts,
  Related: lazy(() => import('./ContactRelated.tsx')),
  narrow: { details: ['company', 'email', 'phone'], standing: 'lifecycle_stage' },
  emptyText: t('Add the people you work with, or import them from a file.'),
};
