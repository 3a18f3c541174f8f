import type { Route } from '../http/route.ts';
import type { JobKind } from '../jobs/kind.ts';
import type { Services } from '../services.ts';

export function identityRoutes(_services: Services): Route[] {
  return [];
}

export function identityJobs(_services: Services): JobKind[] {
  return [];
}
