import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../../text/lazy.ts';
import { shellRoute } from '../page/routes.ts';

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
