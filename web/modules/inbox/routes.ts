import { createRoute } from '@tanstack/react-router';
import { shellRoute, unframed } from '../../platform/page/routes.ts';
import { lazyPage } from '../../text/lazy.ts';
import { inboxSearch } from './notification.ts';

export const inboxRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/inbox',
    validateSearch: inboxSearch,
    component: lazyPage(() => import('./InboxPage.tsx')),
  }),
];

/** For whoever follows the link of an e-mail, signed in or not. */
export const unsubscribeRoutes = [
  createRoute({
    ...unframed,
    path: '/unsubscribe',
    validateSearch: (search: Record<string, unknown>) => ({
      token: typeof search.token === 'string' ? search.token : undefined,
    }),
    component: lazyPage(() => import('./UnsubscribePage.tsx')),
  }),
];
