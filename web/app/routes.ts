import { createRootRoute, createRoute, redirect } from '@tanstack/react-router';
import { ApiError } from './problem.ts';
import { queryClient } from './queryClient.ts';
import { RouteError } from './RouteError.tsx';
import { Shell } from './Shell.tsx';
import { sessionQuery } from './session.tsx';

export const rootRoute = createRootRoute({ errorComponent: RouteError });

/** Everything below needs someone signed in. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
  errorComponent: RouteError,
  beforeLoad: async ({ location }) => {
    try {
      return { session: await queryClient.ensureQueryData(sessionQuery) };
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: '/sign-in', search: { next: location.href === '/' ? undefined : location.href } });
      }
      throw error;
    }
  },
});
