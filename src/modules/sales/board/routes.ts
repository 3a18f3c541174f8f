import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { board, boardQuery } from './contract.ts';
import { readBoard } from './service.ts';

export const routes: Route[] = [
  route({
    method: 'GET',
    path: '/api/v1/pipelines/{id}/board',
    tag: 'Pipelines',
    summary: "A pipeline's columns with their sums and first cards",
    access: { resource: 'deal', action: 'read' },
    params: idParams,
    query: boardQuery,
    response: board,
    handler: async (ctx, { params, query }) => ({ body: await readBoard(ctx, params.id, query) }),
  }),
];
