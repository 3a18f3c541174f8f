import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../platform/page/routes.ts';
import { loadHomeParts } from './parts.ts';

export const homeRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/',
    // Which products are on, the session has said by then.
    loader: loadHomeParts,
    component: lazyRouteComponent(() => import('./HomePage.tsx')),
  }),
];
