import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../../platform/page/routes.ts';
import { lazyPage } from '../../../text/lazy.ts';
import { importSearch, newImportSearch } from './importSearch.ts';

export const importRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/imports',
    component: lazyPage(() => import('./ImportListPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/imports/new',
    validateSearch: newImportSearch,
    component: lazyPage(() => import('./ImportUploadPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/imports/$id',
    validateSearch: importSearch,
    component: lazyPage(() => import('./ImportPage.tsx')),
  }),
];
