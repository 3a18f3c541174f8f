import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import type { ImportServices } from '../service.ts';
import { tenantTargets } from '../tenant-targets.ts';
import { outcomePage, outcomeQuery } from './contract.ts';
import { listOutcomes } from './list.ts';

export const outcomeRoutes = ({ targets }: ImportServices): Route[] => [
  route({
    method: 'GET',
    path: '/api/v1/imports/{id}/outcomes',
    tag: 'Imports',
    summary:
      'What the check says of rows: records that would change, with each field before and after, records that would be made, and whom rows could be',
    access: { resource: 'import', action: 'read' },
    params: idParams,
    query: outcomeQuery,
    response: outcomePage,
    handler: async (ctx, { params, query }) => ({
      body: await listOutcomes(ctx, await tenantTargets(ctx, targets), params.id, query),
    }),
  }),
];
