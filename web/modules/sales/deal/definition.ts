import { CircleDollarSign } from 'lucide-react';
import { lazy } from 'react';
import type { RecordDefinition } from '../../../record/definition.ts';
import { t } from '../../../text/text.ts';
import { DealFacts } from './DealFacts.tsx';
import { dealFields } from './fields.ts';
import { type Line, linesToWire } from './lines.ts';
import { useAskedOfNew } from './pipelines.ts';

export const deal: RecordDefinition = {
  resource: 'deal',
  path: '/deals',
  title: t('Deals'),
  icon: CircleDollarSign,
  square: true,
  fields: dealFields,
  relations: [
    { name: 'company', label: t('Company'), resource: 'company' },
    { name: 'contact', label: t('Contact'), resource: 'contact' },
  ],
  defaultSort: '-created_at',
  summed: ['amount'],
  totalPath: '/deal-totals',
  views: ({ user }) => [
    { id: 'open', label: t('Open'), filter: { field: 'status', op: 'eq', value: 'open' } },
    {
      id: 'mine',
      label: t('Mine'),
      filter: {
        and: [
          { field: 'owner_id', op: 'eq', value: user.id },
          { field: 'status', op: 'eq', value: 'open' },
        ],
      },
    },
    {
      id: 'lying',
      label: t('Stalled'),
      filter: { field: 'left_lying', op: 'eq', value: true },
      sort: 'stage_entered_at',
    },
    { id: 'won', label: t('Won'), filter: { field: 'status', op: 'eq', value: 'won' }, sort: '-closed_on' },
    { id: 'lost', label: t('Lost'), filter: { field: 'status', op: 'eq', value: 'lost' }, sort: '-closed_on' },
    { id: 'all', label: t('All') },
  ],
  Facts: DealFacts,
  Related: lazy(() => import('./DealRelated.tsx')),
  Actions: lazy(() => import('./DealActions.tsx')),
  Banner: lazy(() => import('./StageBar.tsx')),
  useAsked: useAskedOfNew,
  ownInputs: {
    lines: { Input: lazy(() => import('./NewLines.tsx')), toWire: (value) => linesToWire(value as Line[]) },
  },
  narrow: { details: ['company', 'contact', 'stage'], standing: 'amount' },
  emptyText: t('A deal is what you hope to sell, to whom, for how much and by when.'),
};
