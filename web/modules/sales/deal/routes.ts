import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';
import { listSearch } from '../../../record/listSearch.ts';

export const dealRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/deals',
    validateSearch: listSearch,
    component: lazyRouteComponent(() => import('./DealListPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/deals/$id',
    component: lazyRouteComponent(() => import('./DealPage.tsx')),
  }),
];
