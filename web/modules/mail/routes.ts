import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../platform/page/routes.ts';
import { lazyPage } from '../../text/lazy.ts';
import { calendarSearch } from './calendar/calendarSearch.ts';
import { mailSearch } from './mailSearch.ts';

export const mailRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/mail',
    validateSearch: mailSearch,
    component: lazyPage(() => import('./MailPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/mail/google',
    component: lazyPage(() => import('./google/GoogleReturnPage.tsx')),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/calendar',
    validateSearch: calendarSearch,
    component: lazyPage(() => import('./calendar/CalendarPage.tsx')),
  }),
];
