import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';
import { lazyPage } from '../../../text/lazy.ts';
import { trashSearch } from './trash.ts';

export const trashRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/trash',
    validateSearch: trashSearch,
    component: lazyPage(() => import('./TrashPage.tsx')),
  }),
];
