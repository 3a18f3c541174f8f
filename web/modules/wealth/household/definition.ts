import { Merge, Split, UserRoundCog } from 'lucide-react';
import { household as contract } from '../../../../src/modules/wealth/household/contract.ts';
import type { RecordDetails } from '../../../platform/record/definition.ts';
import { lazyPart } from '../../../text/lazy.ts';
import { t } from '../../../text/text.ts';
import { today } from '../../../ui/format.ts';
import { events } from '../family/words.ts';
import { tierOptions } from './words.ts';

const loadEventDialog = (name: 'SplitDialog' | 'MergeHouseholdDialog') => async () => ({
  default: (await import('../family/EventDialog.tsx'))[name],
});

const statusOptions = [
  { value: 'active', label: t('Active') },
  { value: 'prospect', label: t('Prospect') },
  { value: 'inactive', label: t('Inactive') },
  { value: 'former', label: t('Former') },
];

export const details: RecordDetails = {
  contract,
  indefinite: t('a household'),
  emptyText: t('Add the families whom you advise.'),
  fields: [
    { key: 'name', label: t('Name'), inTable: true, inForm: true },
    { key: 'status', label: t('Status'), options: statusOptions, inTable: true, inForm: true, width: 110 },
    { key: 'tier', label: t('Service tier'), options: tierOptions, inTable: true, inForm: true, width: 120 },
    { key: 'owner_id', label: t('Primary adviser'), inTable: true, inForm: true, width: 170 },
    { key: 'next_review_on', label: t('Next review'), section: t('Service'), inTable: true, inForm: true, width: 130 },
    { key: 'last_review_on', label: t('Last review'), section: t('Service'), width: 130 },
    { key: 'review_months', label: t('Review every (months)'), section: t('Service'), inForm: true },
    {
      key: 'salutation',
      label: t('Salutation'),
      section: t('Letters'),
      inForm: true,
    },
    { key: 'street', label: t('Street'), section: t('Letters') },
    { key: 'postal_code', label: t('Postal code'), section: t('Letters') },
    { key: 'city', label: t('City'), section: t('Letters'), inTable: true },
    { key: 'region', label: t('Region'), section: t('Letters') },
    { key: 'country', label: t('Country'), section: t('Letters') },
    { key: 'tags', label: t('Tags'), inTable: true },
    { key: 'external_id', label: t('External ID'), section: t('Record') },
  ],
  views: ({ user }) => [
    { id: 'all', label: t('All') },
    { id: 'mine', label: t('Mine'), filter: { field: 'owner_id', op: 'eq', value: user.id } },
    {
      id: 'due',
      label: t('Review due'),
      filter: { field: 'next_review_on', op: 'lte', value: today() },
      sort: 'next_review_on',
    },
    { id: 'prospects', label: t('Prospects'), filter: { field: 'status', op: 'eq', value: 'prospect' } },
    { id: 'recent', label: t('Recently updated'), sort: '-updated_at' },
  ],
  searched: ['name', 'salutation', 'city', 'external_id'],
  facts: ['tier', 'next_review_on', 'owner_id'],
  useStart: () => start,
  fromName: (name) => ({ name, status: 'active' }),
  Related: lazyPart(() => import('./HouseholdRelated.tsx')),
  Actions: lazyPart(() => import('./ReportLink.tsx')),
  menuActions: [
    {
      label: t('Hand over household'),
      icon: UserRoundCog,
      Dialog: lazyPart(() => import('../family/HandoverDialog.tsx')),
    },
    { label: events.split.action, icon: Split, Dialog: lazyPart(loadEventDialog('SplitDialog')) },
    { label: events.merge.action, icon: Merge, Dialog: lazyPart(loadEventDialog('MergeHouseholdDialog')) },
  ],
  tabs: [
    { id: 'accounts', label: t('Accounts'), Part: lazyPart(() => import('./AccountsTab.tsx')) },
    { id: 'performance', label: t('Performance'), Part: lazyPart(() => import('./PerformanceTab.tsx')) },
  ],
  narrow: { details: ['owner_id', 'city'], standing: 'tier' },
};

const start = { status: 'active' };
