import { createRoute } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { lazyPage } from '../../text/lazy.ts';
import { NotFoundPage } from '../page/NotFoundPage.tsx';
import { shellRoute } from '../page/routes.ts';
import type { Resource } from '../query/resources.ts';
import type { RecordDefinition, RecordType } from './definition.ts';
import { findDefinition } from './definitions.ts';
import { listSearch } from './listSearch.ts';

/** The list of a record type and the page of one record. */
export const routesOf = ({ resource, path }: RecordType) => [
  createRoute({
    getParentRoute: () => shellRoute,
    path,
    validateSearch: listSearch,
    component: lazyPage(async () => {
      const { RecordListPage } = await import('./RecordListPage.tsx');
      return { default: () => withDefinition(resource, (definition) => <RecordListPage definition={definition} />) };
    }),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: `${path}/$id` as const,
    component: lazyPage(async () => {
      const { RecordPage } = await import('./RecordPage.tsx');
      return { default: () => withDefinition(resource, (definition) => <RecordPage definition={definition} />) };
    }),
  }),
];

/** As it is when it is drawn: products that add to it, or declare it, may have been switched off. */
function withDefinition(resource: Resource, draw: (definition: RecordDefinition) => ReactNode): ReactNode {
  const definition = findDefinition(resource);
  return definition ? draw(definition) : <NotFoundPage />;
}
