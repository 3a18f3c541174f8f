import type { Route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import * as board from './board/index.ts';
import * as closeReason from './close-reason/index.ts';
import * as currency from './currency/index.ts';
import { dashboardRoutes } from './dashboard/index.ts';
import * as dashboardMailing from './dashboard-mailing/index.ts';
import * as dashboardTile from './dashboard-tile/index.ts';
import * as deal from './deal/index.ts';
import * as dealClosure from './deal-closure/index.ts';
import * as dealLine from './deal-line/index.ts';
import * as dealMove from './deal-move/index.ts';
import * as dealProduct from './deal-product/index.ts';
import * as ownDashboard from './own-dashboard/index.ts';
import * as pipeline from './pipeline/index.ts';
import * as product from './product/index.ts';
import * as salesTarget from './sales-target/index.ts';
import * as scoring from './scoring/index.ts';
import * as scoringRule from './scoring-rule/index.ts';
import * as stage from './stage/index.ts';

export const salesRoutes = (services: Services): Route[] => [
  ...deal.routes,
  ...dealLine.routes,
  ...dealMove.routes,
  ...dealProduct.routes,
  ...dealClosure.routes,
  ...pipeline.routes,
  ...board.routes,
  ...stage.routes,
  ...closeReason.routes,
  ...product.routes,
  ...currency.routes,
  ...scoringRule.routes,
  ...scoring.routes,
  ...dashboardRoutes(services),
  ...ownDashboard.routes,
  ...dashboardTile.routes,
  ...dashboardMailing.routes,
  ...salesTarget.routes,
];
