import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';
import { taskSearch } from './taskSearch.ts';

export const taskRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/tasks',
    validateSearch: taskSearch,
    component: lazyRouteComponent(() => import('./TaskPage.tsx')),
  }),
];
