import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../../text/lazy.ts';
import { shellRoute } from '../page/routes.ts';
import type { RecordDefinition } from './definition.ts';
import { listSearch } from './listSearch.ts';

/** The list of a record type and the page of one record. */
export const routesOf = (definition: RecordDefinition) => [
  createRoute({
    getParentRoute: () => shellRoute,
    path: definition.path,
    validateSearch: listSearch,
    component: lazyPage(async () => {
      const { RecordListPage } = await import('./RecordListPage.tsx');
      return { default: () => <RecordListPage definition={definition} /> };
    }),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: `${definition.path}/$id` as const,
    component: lazyPage(async () => {
      const { RecordPage } = await import('./RecordPage.tsx');
      return { default: () => <RecordPage definition={definition} /> };
    }),
  }),
];
