import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../../text/lazy.ts';
import { shellRoute } from '../page/routes.ts';
import { trashSearch } from './trashSearch.ts';

export const trashRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/trash',
    validateSearch: trashSearch,
    component: lazyPage(() => import('./TrashPage.tsx')),
  }),
];
