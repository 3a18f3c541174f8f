import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../app/routes.ts';

export interface DesignSearch {
  dir?: 'rtl';
}

export const designRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/design',
    validateSearch: ({ dir }: Record<string, unknown>): DesignSearch => (dir === 'rtl' ? { dir } : {}),
    component: lazyRouteComponent(() => import('./DesignPage.tsx')),
  }),
];
