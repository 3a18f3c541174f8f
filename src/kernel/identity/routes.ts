import type { Route } from '../http/route.ts';
import type { JobKind } from '../jobs/kind.ts';
import type { Services } from '../services.ts';
import { sessionRoutes } from './session/routes.ts';
import { signInRoutes } from './sign-in/routes.ts';

export function identityRoutes(services: Services): Route[] {
  return [...sessionRoutes(services), ...signInRoutes(services)];
}

export function identityJobs(_services: Services): JobKind[] {
  return [];
}
