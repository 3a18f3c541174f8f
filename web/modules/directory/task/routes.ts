import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../../platform/page/routes.ts';
import { lazyPage } from '../../../text/lazy.ts';
import { taskSearch } from './taskSearch.ts';

export const taskRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/tasks',
    validateSearch: taskSearch,
    component: lazyPage(() => import('./TaskPage.tsx')),
  }),
];
