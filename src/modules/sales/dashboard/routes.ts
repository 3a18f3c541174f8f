import { problems } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import type { Services } from '../../../kernel/services.ts';
import { dashboard, dashboardQuery } from './contract.ts';
import { cachedDashboard, forgetOnChange } from './service.ts';

export function dashboardRoutes({ cache, hub }: Services): Route[] {
  forgetOnChange(hub, cache);
  return [
    route({
      method: 'GET',
      path: '/api/v1/analytics/dashboard',
      tag: 'Analytics',
      summary: 'Counts, values and rates of deals, by owner, product, stage and period',
      access: { resource: 'dashboard', action: 'read' },
      query: dashboardQuery,
      response: dashboard,
      // Opens a transaction only when the figures are not at hand.
      transaction: false,
      handler: async ({ db, actor }, { query }) => {
        if (!actor) throw problems.notSignedIn();
        return { body: await cachedDashboard(cache, db, actor, query) };
      },
    }),
  ];
}
