import type { Route } from '../../kernel/http/route.ts';
import type { Services } from '../../kernel/services.ts';
import * as board from './board/index.ts';
import * as currency from './currency/index.ts';
import { dashboardRoutes } from './dashboard/index.ts';
import * as dashboardMailing from './dashboard-mailing/index.ts';
import * as dashboardTile from './dashboard-tile/index.ts';
import * as dealClosure from './deal-closure/index.ts';
import * as dealLine from './deal-line/index.ts';
import * as dealMove from './deal-move/index.ts';
import * as dealProduct from './deal-product/index.ts';
import * as scoring from './scoring/index.ts';
import * as scoringRule from './scoring-rule/index.ts';

export const salesRoutes = (services: Services): Route[] => [
  ...dealLine.routes,
  ...dealMove.routes,
  ...dealProduct.routes,
  ...dealClosure.routes,
  ...board.routes,
  ...currency.routes,
  ...scoringRule.routes,
  ...scoring.routes,
  ...dashboardRoutes(services),
  ...dashboardTile.routes,
  ...dashboardMailing.routes,
];
