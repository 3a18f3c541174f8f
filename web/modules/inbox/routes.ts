import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute, shellRoute } from '../../app/routes.ts';
import { inboxSearch } from './notification.ts';

export const inboxRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/inbox',
    validateSearch: inboxSearch,
    component: lazyRouteComponent(() => import('./InboxPage.tsx')),
  }),
];

/** For whoever follows the link of an e-mail, signed in or not. */
export const unsubscribeRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/unsubscribe',
    validateSearch: (search: Record<string, unknown>) => ({
      token: typeof search.token === 'string' ? search.token : undefined,
    }),
    component: lazyRouteComponent(() => import('./UnsubscribePage.tsx')),
  }),
];
