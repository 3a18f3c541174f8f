import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import { financialAccount } from '../financial-account/contract.ts';
import { household } from '../household/contract.ts';
import { holdings, performance, performanceQuery } from './contract.ts';
import { holdingsOf, readPerformance } from './service.ts';

const about = { tag: 'Figures', params: idParams, access: { resource: 'household', action: 'read' } } as const;

const ofType = (
  resource: typeof financialAccount | typeof household,
  scopeOf: (id: string) => { id: string } | { household_id: string },
): Route[] => {
  const path = `/api/v1/${resource.plural}/{id}` as const;
  return [
    route({
      ...about,
      method: 'GET',
      path: `${path}/performance`,
      summary: `Returns and values by day of a ${resource.title}`,
      query: performanceQuery,
      response: performance,
      handler: async (ctx, { params, query }) => {
        await getRow(ctx, resource, params.id);
        return { body: await readPerformance(ctx, scopeOf(params.id), query) };
      },
    }),
    route({
      ...about,
      method: 'GET',
      path: `${path}/holdings`,
      summary: `What a ${resource.title} holds, its worth and allocation`,
      response: holdings,
      handler: async (ctx, { params }) => {
        await getRow(ctx, resource, params.id);
        return { body: await holdingsOf(ctx, scopeOf(params.id)) };
      },
    }),
  ];
};

export const figureRoutes: Route[] = [
  ...ofType(financialAccount, (id) => ({ id })),
  ...ofType(household, (household_id) => ({ household_id })),
];

export { type Holding, readHoldings } from './queries.ts';
export { holdingsOf, readPerformance } from './service.ts';
