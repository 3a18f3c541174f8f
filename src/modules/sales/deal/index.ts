import { crudRoutes } from '../../../kernel/http/crud.ts';
import { timelineRoute } from '../../directory/timeline/index.ts';
import { deal } from './contract.ts';
import { prepareDealChange, prepareDeals } from './service.ts';

export { reopeningStage } from './queries.ts';
export { changeStage, prepareDealChange, prepareDeals } from './service.ts';

export const routes = [
  ...crudRoutes(deal, { beforeCreate: prepareDeals, beforeUpdate: prepareDealChange }),
  timelineRoute(deal),
];
