import { crudRoutes } from '../../../kernel/http/crud.ts';
import type { RestoredKind } from '../../../platform/undo/index.ts';
import { dashboardMailing } from './contract.ts';
import { changeMailing, createMailings, insertMailingsAgain, stopMails } from './service.ts';

export { germanOfMailings } from './de.ts';
export { mailingJobs } from './jobs.ts';
export { removeMailing } from './queries.ts';

/** Mailings are deleted with their dashboard, and restored with it. */
export const restoredMailings: RestoredKind = { resource: dashboardMailing, insert: insertMailingsAgain };

export const routes = crudRoutes(dashboardMailing, {
  create: createMailings,
  beforeUpdate: changeMailing,
  beforeDelete: stopMails,
});
