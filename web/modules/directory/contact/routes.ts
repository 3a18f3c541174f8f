import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';
import { listSearch } from '../../../record/listSearch.ts';

export const contactRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/contacts',
    validateSearch: listSearch,
    component: lazyRouteComponent(() => import('./ContactListPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/contacts/$id',
    component: lazyRouteComponent(() => import('./ContactPage.tsx')),
  }),
];
