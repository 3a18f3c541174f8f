import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';
import { importSearch, newImportSearch } from './importSearch.ts';

export const importRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/imports',
    component: lazyRouteComponent(() => import('./ImportListPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/imports/new',
    validateSearch: newImportSearch,
    component: lazyRouteComponent(() => import('./ImportUploadPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/imports/$id',
    validateSearch: importSearch,
    component: lazyRouteComponent(() => import('./ImportPage.tsx')),
  }),
];
