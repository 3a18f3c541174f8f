import { Landmark, UsersRound } from 'lucide-react';
import type { Manifest } from '../../platform/product/manifest.ts';
import { recordType } from '../../platform/record/definition.ts';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';

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

export const wealth = {
  id: 'wealth',
  title: t('Wealth'),
  records: [household, legalEntity],
  extensions: [
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
  ],
  collections: {
    household_member: { path: '/household-members', isKept: true },
    household_adviser: { path: '/household-advisers', isKept: true },
    relationship: { path: '/relationships', isKept: true },
  },
  live: [
    // Who reaches a household follows from its advisers.
    { of: ['household_adviser'], rereads: ['household'] },
  ],
} satisfies Manifest;
