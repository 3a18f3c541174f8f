import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { asOf, asOfQuery } from './contract.ts';
import { readAsOf } from './service.ts';

export const asOfRoutes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/households/{id}/as-of',
    tag: 'As of a date',
    summary: 'A household as it was at the end of a day',
    access: { resource: 'household', action: 'read' },
    params: idParams,
    query: asOfQuery,
    response: asOf,
    handler: async (ctx, { params, query }) => ({ body: await readAsOf(ctx, params.id, query.date) }),
  }),
];
