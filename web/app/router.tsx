import { type AnyRoute, createRoute, createRouter } from '@tanstack/react-router';
import { NotFoundPage } from '../platform/page/NotFoundPage.tsx';
import { RouteError } from '../platform/page/RouteError.tsx';
import { rootRoute, shellRoute } from '../platform/page/routes.ts';
import type { Manifest } from '../platform/product/manifest.ts';
import { recordTypes } from '../platform/record/recordTypes.ts';
import { routesOf } from '../platform/record/routes.tsx';
import { PageSkeleton } from './PageSkeleton.tsx';
import { Shell } from './Shell.tsx';

/** Every other address: whoever is signed in keeps the way back at the side. */
const nowhereRoute = createRoute({ getParentRoute: () => shellRoute, path: '$', component: NotFoundPage });

type Routes<Product> = Product extends { routes: readonly (infer Route extends AnyRoute)[] } ? Route : never;
type OpenRoutes<Product> = Product extends { openRoutes: readonly (infer Route extends AnyRoute)[] } ? Route : never;

/**
 * The router of the pages of all products, once they have been declared. Links and searches are checked against its
 * type.
 */
export function createPageRouter<Product extends Manifest>(products: readonly Product[]) {
  const routes = products.flatMap((product) => product.routes ?? []) as Routes<Product>[];
  const openRoutes = products.flatMap((product) => product.openRoutes ?? []) as OpenRoutes<Product>[];
  shellRoute.update({ component: Shell });
  const routeTree = rootRoute.addChildren([
    ...openRoutes,
    shellRoute.addChildren([...routes, ...recordTypes().flatMap(routesOf), nowhereRoute]),
  ]);
  return createRouter({
    routeTree,
    defaultPreload: 'intent',
    // The frame around a page that broke stays.
    defaultErrorComponent: RouteError,
    defaultPendingComponent: PageSkeleton,
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
    scrollRestoration: false,
  });
}
