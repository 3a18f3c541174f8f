import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';

export const exportRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/exports',
    component: lazyRouteComponent(() => import('./ExportListPage.tsx')),
  }),
];
