import { createRootRoute, createRoute, redirect } from '@tanstack/react-router';
import { keepFor } from '../offline/owner.ts';
import { ApiError } from '../query/problem.ts';
import { queryClient } from '../query/queryClient.ts';
import { sessionQuery, welcome } from '../session/session.tsx';
import { RouteErrorPage } from './RouteError.tsx';

export const rootRoute = createRootRoute({ errorComponent: RouteErrorPage });

/** Routes of pages without the frame of the app, whose error page therefore brings its own. */
export const unframed = { getParentRoute: () => rootRoute, errorComponent: RouteErrorPage };

/** Everything below needs someone signed in. The app draws its frame. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  errorComponent: RouteErrorPage,
  beforeLoad: async ({ location }) => {
    try {
      const session = await queryClient.ensureQueryData(sessionQuery);
      if (session.second_factor_missing) throw redirect({ to: '/second-factor' });
      // Offline the answer is one that was kept.
      await welcome(session);
      await keepFor(session);
      return { session };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401 && error.code !== 'somebody_else') {
        throw redirect({ to: '/sign-in', search: { next: location.href === '/' ? undefined : location.href } });
      }
      throw error;
    }
  },
});
