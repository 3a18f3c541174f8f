import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../platform/page/routes.ts';
import { lazyPage } from '../../text/lazy.ts';
import { designSearch } from './designSearch.ts';

export const designRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/design',
    validateSearch: designSearch,
    component: lazyPage(() => import('./DesignPage.tsx')),
  }),
];
