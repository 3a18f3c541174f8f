import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../platform/page/routes.ts';
import { lazyPage } from '../../text/lazy.ts';

export const settingsRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings',
    component: lazyPage(() => import('./SettingsPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/settings/$section',
    component: lazyPage(() => import('./SettingsPage.tsx')),
  }),
];
