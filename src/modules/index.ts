import type { Route } from '../kernel/http/route.ts';
import type { JobKind } from '../kernel/jobs/kind.ts';
import type { Services } from '../kernel/services.ts';
import * as company from './directory/company/index.ts';
import * as contact from './directory/contact/index.ts';

/** Every route of the modules. */
export function moduleRoutes(_services: Services): Route[] {
  return [...contact.routes, ...company.routes];
}

/** Every kind of job of the modules. */
export function moduleJobs(_services: Services): JobKind[] {
  return [];
}
