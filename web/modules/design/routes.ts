import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../platform/page/routes.ts';
import { lazyPage } from '../../text/lazy.ts';

export interface DesignSearch {
  dir?: 'rtl';
}

export const designRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/design',
    validateSearch: ({ dir }: Record<string, unknown>): DesignSearch => (dir === 'rtl' ? { dir } : {}),
    component: lazyPage(() => import('./DesignPage.tsx')),
  }),
];
