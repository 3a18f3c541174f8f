import type { Manifest } from '../../platform/product/manifest.ts';
import { lazyPart } from '../../text/lazy.ts';
import { t } from '../../text/text.ts';
import { household } from './household/definition.ts';
import { legalEntity } from './legal-entity/definition.ts';

export const wealth = {
  id: 'wealth',
  title: t('Wealth'),
  records: [household, legalEntity],
  extensions: [
    {
      of: 'contact',
      relatedParts: [{ Part: lazyPart(() => import('./contact/HouseholdsOfContact.tsx')), shows: [] }],
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
