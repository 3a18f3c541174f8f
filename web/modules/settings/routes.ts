import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';

export const settingsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings',
    component: lazyRouteComponent(() => import('./SettingsPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/$section',
    component: lazyRouteComponent(() => import('./SettingsPage.tsx')),
  }),
];
