import { deal as contract } from '../../../../src/modules/sales/deal/contract.ts';
import type { RecordDetails } from '../../../platform/record/definition.ts';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { setDeals } from './bulkActions.ts';
import { DealFacts } from './DealFacts.tsx';
import { dealFields } from './fields.ts';
import { type Line, linesToWire } from './lines.ts';
import { useNewDeal, useNewDealForm } from './pipelines.ts';

export const details: RecordDetails = {
  contract,
  indefinite: t('a deal'),
  emptyText: t('A deal is what you hope to sell, to whom, for how much and by when.'),
  fields: dealFields,
  defaultSort: '-created_at',
  defaultLayout: 'board',
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
  ownBoard: {
    by: 'stage_id',
    // It has the open deals of a pipeline, whichever view one comes from.
    views: ({ user }) => [
      { id: 'all', label: t('Everyone’s') },
      { id: 'mine', label: t('Mine'), filter: { field: 'owner_id', op: 'eq', value: user.id } },
    ],
    Picker: lazyPart(() => import('./PipelinePicker.tsx')),
    Board: lazyPart(() => import('./DealBoard.tsx')),
  },
  Facts: DealFacts,
  Related: lazyPart(() => import('./DealRelated.tsx')),
  Actions: lazyPart(() => import('./DealActions.tsx')),
  Banner: lazyPart(() => import('./StageBar.tsx')),
  useStart: useNewDeal,
  useNewForm: useNewDealForm,
  ownInputs: {
    lines: { Input: lazyPart(() => import('./NewLines.tsx')), toWire: (value) => linesToWire(value as Line[]) },
  },
  bulkActions: [setDeals],
  singleFields: ['pipeline_id', 'stage_id', 'status', 'closed_on', 'close_reason_id', 'close_note'],
  narrow: { details: ['company_id', 'contact_id', 'stage_id'], standing: 'amount' },
};
