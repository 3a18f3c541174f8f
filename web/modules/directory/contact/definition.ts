import { Users } from 'lucide-react';
import { lazy } from 'react';
import type { RecordDefinition } from '../../../record/definition.ts';
import { deal } from '../../sales/deal/definition.ts';
import { company } from '../company/definition.ts';
import { ContactFacts } from './ContactFacts.tsx';
import { contactFields } from './fields.ts';

export const contact: RecordDefinition = {
  resource: 'contact',
  path: '/contacts',
  one: 'contact',
  many: 'contacts',
  icon: Users,
  square: false,
  fields: contactFields,
  relations: () => [
    { name: 'company', label: 'Company', definition: company },
    { name: 'deals', label: 'Deals', definition: deal },
  ],
  defaultSort: 'name',
  summed: [],
  views: ({ user }) => [
    { id: 'all', label: 'All' },
    { id: 'mine', label: 'Mine', filter: { field: 'owner_id', op: 'eq', value: user.id } },
    { id: 'leads', label: 'Leads', filter: { field: 'lifecycle_stage', op: 'eq', value: 'lead' } },
    { id: 'customers', label: 'Customers', filter: { field: 'lifecycle_stage', op: 'eq', value: 'customer' } },
    { id: 'recent', label: 'Changed last', sort: '-updated_at' },
  ],
  Facts: ContactFacts,
  Related: lazy(() => import('./ContactRelated.tsx')),
  narrow: { details: ['company', 'email', 'phone'], standing: 'lifecycle_stage' },
  emptyText: 'Add the people you work with, or import them from a file.',
};
