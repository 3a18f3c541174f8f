import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';

export interface DuplicateSearch {
  of?: 'company';
}

export const duplicateRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/duplicates',
    validateSearch: ({ of }: Record<string, unknown>): DuplicateSearch => (of === 'company' ? { of } : {}),
    component: lazyRouteComponent(() => import('./DuplicatePage.tsx')),
  }),
];
