import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';

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
    component: lazyRouteComponent(() => import('./ImportPage.tsx')),
  }),
];
