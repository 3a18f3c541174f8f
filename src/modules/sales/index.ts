import { crudRoutes } from '../../kernel/http/crud.ts';
import type { Route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import { timelineRoute } from '../directory/timeline/index.ts';
import { routes as boardRoutes } from './board/routes.ts';
import { closeReason } from './close-reason/contract.ts';
import { dashboardRoutes } from './dashboard/routes.ts';
import { deal } from './deal/contract.ts';
import { prepareDealChange, prepareDeals } from './deal/service.ts';
import { routes as closureRoutes } from './deal-closure/routes.ts';
import { routes as lineRoutes } from './deal-line/routes.ts';
import { routes as moveRoutes } from './deal-move/routes.ts';
import { pipeline } from './pipeline/contract.ts';
import { createPipelines } from './pipeline/service.ts';
import { product } from './product/contract.ts';
import { stage } from './stage/contract.ts';
import { checkStageChange, keepOneOfEachKind, prepareStages } from './stage/service.ts';

export const salesRoutes = (services: Services): Route[] => [
  ...crudRoutes(deal, { beforeCreate: prepareDeals, beforeUpdate: prepareDealChange }),
  timelineRoute(deal),
  ...lineRoutes,
  ...moveRoutes,
  ...closureRoutes,
  ...crudRoutes(pipeline, { create: createPipelines }),
  ...boardRoutes,
  ...crudRoutes(stage, {
    beforeCreate: prepareStages,
    beforeUpdate: checkStageChange,
    beforeDelete: keepOneOfEachKind,
  }),
  ...crudRoutes(closeReason),
  ...crudRoutes(product),
  ...dashboardRoutes(services),
];
