import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../../platform/page/routes.ts';
import { lazyPage } from '../../../text/lazy.ts';

export const reconciliationRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/custodian-files',
    component: lazyPage(() => import('../custodian-file/CustodianFilePage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/account-breaks',
    component: lazyPage(() => import('./BreaksPage.tsx')),
  }),
];
