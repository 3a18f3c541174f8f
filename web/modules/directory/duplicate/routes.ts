import { createRoute } from '@tanstack/react-router';
import { shellRoute } from '../../../app/routes.ts';
import { lazyPage } from '../../../text/lazy.ts';

export interface DuplicateSearch {
  /** The record type; the first without one. */
  of?: string;
}

export const duplicateRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/duplicates',
    validateSearch: ({ of }: Record<string, unknown>): DuplicateSearch => (typeof of === 'string' ? { of } : {}),
    component: lazyPage(() => import('./DuplicatePage.tsx')),
  }),
];
