import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { deal } from '../deal/contract.ts';
import { closure } from './contract.ts';
import { closeDeal, reopenDeal } from './service.ts';

const common = {
  path: '/api/v1/deals/{id}/closure',
  tag: 'Deals',
  access: { resource: 'deal', action: 'update' },
  params: idParams,
  response: deal.row,
  status: 200,
} as const;

export const routes: Route[] = [
  route({
    ...common,
    method: 'POST',
    summary: 'Close a deal as won or lost',
    heedsIfMatch: true,
    body: closure,
    handler: async (ctx, { params, body, ifMatch }) => answer(await closeDeal(ctx, params.id, body, ifMatch)),
  }),
  route({
    ...common,
    method: 'DELETE',
    summary: 'Open a closed deal again, in the stage it came from',
    heedsIfMatch: true,
    handler: async (ctx, { params, ifMatch }) => answer(await reopenDeal(ctx, params.id, ifMatch)),
  }),
];

const answer = (body: Record<string, unknown>) => ({ body, version: body.version as number });
