import { ArrowLeftRight, Banknote, Building, ChartLine, Landmark, Scale, UsersRound } from 'lucide-react';
import type { Manifest } from '../../platform/product/manifest.ts';
import { recordType } from '../../platform/record/definition.ts';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';
import { reconciliationRoutes } from './reconciliation/routes.ts';
import { reportRoutes } from './report/routes.ts';

const AdviserDay = lazyPart(() => import('./home/AdviserDay.tsx'));

const household = recordType({
  resource: 'household',
  path: '/households',
  singular: t('Household'),
  plural: t('Households'),
  newLabel: t('New household'),
  icon: UsersRound,
  shortcut: 'w',
  details: async () => ({ details: (await import('./records.ts')).household }),
});

const legalEntity = recordType({
  resource: 'legal_entity',
  path: '/legal-entities',
  singular: t('Legal entity'),
  plural: t('Legal entities'),
  newLabel: t('New legal entity'),
  icon: Landmark,
  right: 'household',
  details: async () => ({ details: (await import('./records.ts')).legalEntity }),
});

const account = recordType({
  resource: 'financial_account',
  path: '/financial-accounts',
  singular: t('Account'),
  plural: t('Accounts'),
  newLabel: t('New account'),
  icon: Banknote,
  right: 'household',
  details: async () => ({ details: (await import('./records.ts')).account }),
});

const transaction = recordType({
  resource: 'account_transaction',
  path: '/transactions',
  singular: t('Transaction'),
  plural: t('Transactions'),
  newLabel: t('New transaction'),
  icon: ArrowLeftRight,
  right: 'household',
  isFixed: true,
  details: async () => ({ details: (await import('./records.ts')).transaction }),
});

const security = recordType({
  resource: 'financial_security',
  path: '/securities',
  singular: t('Financial security'),
  plural: t('Securities'),
  newLabel: t('New security'),
  icon: ChartLine,
  details: async () => ({ details: (await import('./records.ts')).security }),
});

const custodian = recordType({
  resource: 'custodian',
  path: '/custodians',
  singular: t('Custodian'),
  plural: t('Custodians'),
  newLabel: t('New custodian'),
  icon: Building,
  right: 'financial_security',
  details: async () => ({ details: (await import('./records.ts')).custodian }),
});

export const wealth = {
  id: 'wealth',
  title: t('Wealth'),
  routes: [...reportRoutes, ...reconciliationRoutes],
  records: [household, legalEntity, account, transaction, security, custodian],
  navigation: [
    household,
    legalEntity,
    account,
    transaction,
    {
      to: '/account-breaks',
      label: t('Reconciliation'),
      goTo: t('Go to reconciliation'),
      icon: Scale,
      resource: 'financial_account',
    },
    security,
    custodian,
  ],
  extensions: [
    {
      of: 'household',
      tabs: [
        { id: 'family', label: t('Family tree'), Part: lazyPart(() => import('./family/FamilyTab.tsx')) },
        { id: 'planning', label: t('Planning'), Part: lazyPart(() => import('./planning/PlanningTab.tsx')) },
      ],
    },
    {
      of: 'contact',
      relatedParts: [{ Part: lazyPart(() => import('./contact/HouseholdsOfContact.tsx')), shows: [] }],
      tabs: [
        {
          id: 'client-profile',
          label: t('Client profile'),
          Part: lazyPart(() => import('./contact/ClientProfileTab.tsx')),
          resource: 'client_profile',
        },
      ],
    },
    {
      of: 'household',
      tabs: [
        { id: 'documents', label: t('Documents'), Part: lazyPart(() => import('./document/DocumentsTab.tsx')) },
        {
          id: 'communications',
          label: t('Communications'),
          Part: lazyPart(() => import('./communication/CommunicationsTab.tsx')),
        },
        { id: 'as-of', label: t('As of a date'), Part: lazyPart(() => import('./as-of/AsOfTab.tsx')) },
      ],
    },
  ],
  collections: {
    document: { path: '/documents' },
    communication: { path: '/communications' },
    household_member: { path: '/household-members', isKept: true },
    household_adviser: { path: '/household-advisers', isKept: true },
    client_review: { path: '/client-reviews', isKept: true },
    suitability_profile: { path: '/suitability-profiles', isKept: true },
    relationship: { path: '/relationships', isKept: true },
    account_owner: { path: '/account-owners', isKept: true },
    account_position: { path: '/positions' },
    price: { path: '/prices' },
    exchange_rate: { path: '/exchange-rates' },
  },
  // Fetched by those who advise alone: others see nothing of it.
  home: async () => ({ homeParts: [{ slot: 'figures', resource: 'household', Part: AdviserDay }] }),
  live: [
    {
      of: [
        'household',
        'household_member',
        'client_profile',
        'document',
        'account_transaction',
        'account_position',
        'accepted_break',
      ],
      rereads: ['adviser_home'],
    },
    {
      of: [
        'goal',
        'goal_account',
        'financial_account',
        'account_transaction',
        'account_position',
        'price',
        'exchange_rate',
      ],
      rereads: ['goal_progress'],
    },
    // Who reaches a household follows from its advisers.
    { of: ['household_adviser'], rereads: ['household'] },
    {
      of: ['financial_account', 'account_transaction', 'account_position', 'price', 'exchange_rate'],
      rereads: ['wealth_figures', 'account_break'],
    },
  ],
} satisfies Manifest;
