import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../../text/lazy.ts';
import { shellRoute } from '../page/routes.ts';

export const exportRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/exports',
    component: lazyPage(() => import('./ExportListPage.tsx')),
  }),
];
