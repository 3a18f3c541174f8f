import { listOf, listQuery } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { listRows } from '../../../kernel/resource/list.ts';
import { dealProduct } from './contract.ts';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/deal-products',
    tag: 'Deals',
    summary: "List the products of deals, each with its share of the deal's amount",
    access: { resource: 'deal', action: 'read' },
    query: listQuery,
    response: listOf(dealProduct.row),
    handler: async (ctx, { query }) => ({ body: await listRows(ctx, dealProduct, query) }),
  }),
];
