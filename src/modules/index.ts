import { withFeature } from '../kernel/features/service.ts';
import type { Route } from '../kernel/http/route.ts';
import type { JobKind } from '../kernel/jobs/kind.ts';
import type { Services } from '../kernel/services.ts';
import * as activity from './directory/activity/index.ts';
import * as company from './directory/company/index.ts';
import * as contact from './directory/contact/index.ts';
import * as customField from './directory/custom-field/index.ts';
import { exportJobs, exportRoutes } from './directory/export/index.ts';
import { directoryTargets, type ImportTarget, importJobs, importRoutes } from './directory/import/index.ts';
import * as note from './directory/note/index.ts';
import * as search from './directory/search/index.ts';
import * as tag from './directory/tag/index.ts';
import * as task from './directory/task/index.ts';
import * as timeline from './directory/timeline/index.ts';
import { salesTargets } from './sales/import/index.ts';
import { salesRoutes } from './sales/index.ts';

/** What can be imported, in the order in which it loads where nothing else decides. */
export const importTargets: readonly ImportTarget[] = [...directoryTargets, ...salesTargets];

/** Every route of the modules. */
export function moduleRoutes(services: Services): Route[] {
  return [
    ...contact.routes,
    ...company.routes,
    ...tag.routes,
    ...note.routes,
    ...task.routes,
    ...activity.routes,
    ...customField.routes,
    ...timeline.routes,
    ...search.routes,
    ...salesRoutes(services),
    ...withFeature('imports', importRoutes(services, importTargets)),
    ...withFeature('exports', exportRoutes(services, importTargets)),
  ];
}

/** Every kind of job of the modules. */
export function moduleJobs(services: Services): JobKind[] {
  return [...importJobs(services, importTargets), ...exportJobs(services, importTargets)];
}
