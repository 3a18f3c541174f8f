import { crudRoutes } from '../../../kernel/http/crud.ts';
import { dashboardMailing } from './contract.ts';
import { changeMailing, createMailings, stopMails } from './service.ts';

export { mailingJobs } from './jobs.ts';
export { removeMailing } from './queries.ts';

export const routes = crudRoutes(dashboardMailing, {
  create: createMailings,
  beforeUpdate: changeMailing,
  beforeDelete: stopMails,
});
