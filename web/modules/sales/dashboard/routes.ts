import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';

export const dashboardRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/dashboard',
    component: lazyRouteComponent(() => import('./DashboardPage.tsx')),
  }),
];
