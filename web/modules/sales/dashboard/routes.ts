import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../../platform/page/routes.ts';
import { lazyPage } from '../../../text/lazy.ts';
import { dashboardSearch } from './dashboardSearch.ts';
import { rowsSearch } from './rowsSearch.ts';

export const dashboardRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/dashboard',
    validateSearch: dashboardSearch,
    component: lazyPage(() => import('./DashboardPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/dashboard/rows',
    validateSearch: rowsSearch,
    component: lazyPage(() => import('./RowsPage.tsx')),
  }),
];
