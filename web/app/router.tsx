import '../modules/records.ts';
import { createRoute, createRouter } from '@tanstack/react-router';
import { designRoutes } from '../modules/design/routes.ts';
import { importRoutes } from '../modules/directory/import/routes.ts';
import { taskRoutes } from '../modules/directory/task/routes.ts';
import { identityRoutes } from '../modules/identity/routes.ts';
import { inboxRoutes, unsubscribeRoutes } from '../modules/inbox/routes.ts';
import { dashboardRoutes } from '../modules/sales/dashboard/routes.ts';
import { duplicateRoutes } from '../platform/duplicate/routes.ts';
import { exportRoutes } from '../platform/export/routes.ts';
import { NotFoundPage } from '../platform/page/NotFoundPage.tsx';
import { RouteError } from '../platform/page/RouteError.tsx';
import { rootRoute, shellRoute } from '../platform/page/routes.ts';
import { definitions } from '../platform/record/definitions.ts';
import { routesOf } from '../platform/record/routes.tsx';
import { trashRoutes } from '../platform/trash/routes.ts';
import { homeRoutes } from './home/routes.ts';
import { PageSkeleton } from './PageSkeleton.tsx';
import { settingsRoutes } from './settings/routes.ts';

/** Every other address: whoever is signed in keeps the way back at the side. */
const nowhereRoute = createRoute({ getParentRoute: () => shellRoute, path: '$', component: NotFoundPage });

const routeTree = rootRoute.addChildren([
  ...identityRoutes,
  ...unsubscribeRoutes,
  shellRoute.addChildren([
    ...homeRoutes,
    ...inboxRoutes,
    ...definitions().flatMap(routesOf),
    ...taskRoutes,
    ...dashboardRoutes,
    ...importRoutes,
    ...trashRoutes,
    ...duplicateRoutes,
    ...exportRoutes,
    ...settingsRoutes,
    ...designRoutes,
    nowhereRoute,
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  // The frame around a page that broke stays.
  defaultErrorComponent: RouteError,
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 150,
  defaultPendingMinMs: 0,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
