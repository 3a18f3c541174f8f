import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';
import { inboxSearch } from './notification.ts';

export const inboxRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/inbox',
    validateSearch: inboxSearch,
    component: lazyRouteComponent(() => import('./InboxPage.tsx')),
  }),
];
