import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { ownedBy } from '../owned.ts';
import { calendar } from './contract.ts';

export { googleAccountRoutes } from './account/google-routes.ts';
export { type AccountRow, findAccount } from './account/queries.ts';
export { accountRoutes, requireSource } from './account/routes.ts';
export { providerOf } from './provider/for-account.ts';
export type { KnownEvent, RemoteCalendar } from './provider/provider.ts';
export { calendarJobs } from './sync/jobs.ts';
export { markObjectsGone, objectsAt, putListed } from './sync/queries.ts';
export { readItems } from './sync/read.ts';

export const calendarType: RecordType = ownedBy(calendar);
