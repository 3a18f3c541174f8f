import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';
import { trashSearch } from './trash.ts';

export const trashRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/trash',
    validateSearch: trashSearch,
    component: lazyRouteComponent(() => import('./TrashPage.tsx')),
  }),
];
