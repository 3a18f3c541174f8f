import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { ownedBy } from '../owned.ts';
import { calendar } from './contract.ts';

export { DavClient } from './account/dav.ts';
export { findAccount } from './account/queries.ts';
export { accountRoutes, requireSource } from './account/routes.ts';
export { calendarJobs } from './sync/jobs.ts';
export { markObjectsGone, putListed } from './sync/queries.ts';

export const calendarType: RecordType = ownedBy(calendar);
