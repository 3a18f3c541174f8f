import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';
import { importSearch } from './importSearch.ts';

export const importRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/imports',
    component: lazyRouteComponent(() => import('./ImportListPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/imports/new',
    component: lazyRouteComponent(() => import('./ImportUploadPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/imports/$id',
    validateSearch: importSearch,
    component: lazyRouteComponent(() => import('./ImportPage.tsx')),
  }),
];
