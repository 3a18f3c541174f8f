import type { Product } from '../../kernel/features/product.ts';
import { clientProfileRoutes, clientProfileType, identityDocumentType } from './client-profile/index.ts';

export const wealth: Product = {
  name: 'wealth',
  title: 'Wealth',
  description:
    'Households with their members, advisers, accounts and figures; its records stay, and are there again once it is on',
  recordTypes: [clientProfileType, identityDocumentType],
  rights: [],
  routes: () => clientProfileRoutes,
  jobs: () => [],
  schedules: [],
  consumers: [],
};
