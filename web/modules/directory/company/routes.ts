import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';
import { listSearch } from '../../../record/listSearch.ts';

export const companyRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/companies',
    validateSearch: listSearch,
    component: lazyRouteComponent(() => import('./CompanyListPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/companies/$id',
    component: lazyRouteComponent(() => import('./CompanyPage.tsx')),
  }),
];
