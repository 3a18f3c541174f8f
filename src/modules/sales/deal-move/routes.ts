import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { deal } from '../deal/contract.ts';
import { move } from './contract.ts';
import { moveDeal } from './service.ts';

export const routes: Route[] = [
  route({
    method: 'POST',
    path: '/api/v1/deals/{id}/moves',
    tag: 'Deals',
    summary: 'Move a deal to a stage, at a place in its column',
    access: { resource: 'deal', action: 'update' },
    params: idParams,
    heedsIfMatch: true,
    body: move,
    response: deal.row,
    status: 200,
    handler: async (ctx, { params, body, ifMatch }) => {
      const row = await moveDeal(ctx, params.id, body, ifMatch);
      return { body: row, version: row.version as number };
    },
  }),
];
