import { crudRoutes } from '../../../kernel/http/crud.ts';
import { timelineRoute } from '../../directory/timeline/index.ts';
import { deal } from './contract.ts';
import { createDeals, prepareDealChange, prepareNewDeals } from './service.ts';

export { askingStages, customDefaults, reopeningStage } from './queries.ts';
export { type FieldReader, fieldReader, missingFor, missingRequiredFields } from './required.ts';
export { changeStage, prepareDealChange, prepareDeals } from './service.ts';

export const routes = [
  ...crudRoutes(deal, { beforeCreate: prepareNewDeals, create: createDeals, beforeUpdate: prepareDealChange }),
  timelineRoute(deal),
];
