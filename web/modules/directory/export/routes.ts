import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';
import { lazyPage } from '../../../text/lazy.ts';

export const exportRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/exports',
    component: lazyPage(() => import('./ExportListPage.tsx')),
  }),
];
