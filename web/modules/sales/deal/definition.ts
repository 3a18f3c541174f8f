import { CircleDollarSign } from 'lucide-react';
import { lazy } from 'react';
import type { RecordDefinition } from '../../../record/definition.ts';
import { company } from '../../directory/company/definition.ts';
import { contact } from '../../directory/contact/definition.ts';
import { DealFacts } from './DealFacts.tsx';
import { dealFields } from './fields.ts';

export const deal: RecordDefinition = {
  resource: 'deal',
  path: '/deals',
  one: 'deal',
  many: 'deals',
  icon: CircleDollarSign,
  square: true,
  fields: dealFields,
  relations: () => [
    { name: 'company', label: 'Company', definition: company },
    { name: 'contact', label: 'Contact', definition: contact },
  ],
  defaultSort: '-created_at',
  summed: ['amount'],
  views: ({ user }) => [
    { id: 'open', label: 'Open', filter: { field: 'status', op: 'eq', value: 'open' } },
    {
      id: 'mine',
      label: 'Mine',
      filter: {
        and: [
          { field: 'owner_id', op: 'eq', value: user.id },
          { field: 'status', op: 'eq', value: 'open' },
        ],
      },
    },
    { id: 'won', label: 'Won', filter: { field: 'status', op: 'eq', value: 'won' }, sort: '-closed_on' },
    { id: 'lost', label: 'Lost', filter: { field: 'status', op: 'eq', value: 'lost' }, sort: '-closed_on' },
    { id: 'all', label: 'All' },
  ],
  Facts: DealFacts,
  Related: lazy(() => import('./DealRelated.tsx')),
  Actions: lazy(() => import('./DealActions.tsx')),
  Banner: lazy(() => import('./StageBar.tsx')),
  narrow: { details: ['company', 'contact'], standing: 'amount' },
  emptyText: 'A deal is what you hope to sell, to whom, for how much and by when.',
};
