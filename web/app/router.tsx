import '../modules/records.ts';
import { createRoute, createRouter } from '@tanstack/react-router';
import { designRoutes } from '../modules/design/routes.ts';
import { duplicateRoutes } from '../modules/directory/duplicate/routes.ts';
import { exportRoutes } from '../modules/directory/export/routes.ts';
import { importRoutes } from '../modules/directory/import/routes.ts';
import { taskRoutes } from '../modules/directory/task/routes.ts';
import { trashRoutes } from '../modules/directory/trash/routes.ts';
import { homeRoutes } from '../modules/home/routes.ts';
import { identityRoutes } from '../modules/identity/routes.ts';
import { inboxRoutes, unsubscribeRoutes } from '../modules/inbox/routes.ts';
import { dashboardRoutes } from '../modules/sales/dashboard/routes.ts';
import { settingsRoutes } from '../modules/settings/routes.ts';
import { definitions } from '../record/definitions.ts';
import { routesOf } from '../record/routes.tsx';
import { NotFoundPage } from './NotFoundPage.tsx';
import { PageSkeleton } from './PageSkeleton.tsx';
import { RouteError } from './RouteError.tsx';
import { rootRoute, shellRoute } from './routes.ts';

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
