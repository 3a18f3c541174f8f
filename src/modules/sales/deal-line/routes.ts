import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { deal } from '../deal/contract.ts';
import { dealLines } from './contract.ts';
import { replaceLines } from './service.ts';

export const routes: Route[] = [
  route({
    method: 'PUT',
    path: '/api/v1/deals/{id}/lines',
    tag: 'Deals',
    summary: "Replace a deal's products; its amount becomes their sum unless one is sent",
    access: { resource: 'deal', action: 'update' },
    params: idParams,
    heedsIfMatch: true,
    body: dealLines,
    response: deal.row,
    handler: async (ctx, { params, body, ifMatch }) => {
      const row = await replaceLines(ctx, params.id, body, ifMatch);
      return { body: row, version: row.version as number };
    },
  }),
];
