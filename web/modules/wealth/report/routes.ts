import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../../platform/page/routes.ts';
import { lazyPage } from '../../../text/lazy.ts';

export const reportRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/households/$id/report',
    component: lazyPage(() => import('./ReportPage.tsx')),
  }),
];
