import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';
import { dashboardSearch } from './dashboardSearch.ts';
import { rowsSearch } from './rowsSearch.ts';

export const dashboardRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/dashboard',
    validateSearch: dashboardSearch,
    component: lazyRouteComponent(() => import('./DashboardPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/dashboard/rows',
    validateSearch: rowsSearch,
    component: lazyRouteComponent(() => import('./RowsPage.tsx')),
  }),
];
