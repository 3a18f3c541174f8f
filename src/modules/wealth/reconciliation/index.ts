import { idParams } from '../../../kernel/contract/resource.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { getRow } from '../../../kernel/resource/store.ts';
import { financialAccount } from '../financial-account/contract.ts';
import { accountBreaks, allBreaks, mending } from './contract.ts';
import { breaksOf, breaksOfAll, mendBreak } from './service.ts';

const tag = 'Reconciliation';
const path = '/api/v1/financial-accounts/{id}/breaks' as const;

export const reconciliationRoutes: Route[] = [
  route({
    method: 'GET',
    path,
    tag,
    summary: 'What the custodian says that an account holds against what its transactions give',
    params: idParams,
    access: { resource: 'household', action: 'read' },
    response: accountBreaks,
    handler: async (ctx, { params }) => {
      await getRow(ctx, financialAccount, params.id);
      return { body: await breaksOf(ctx, params.id) };
    },
  }),
  route({
    method: 'POST',
    path: `${path}/mendings`,
    tag,
    summary: 'Close a break by the transaction that is proposed',
    params: idParams,
    access: { resource: 'household', action: 'update' },
    body: mending,
    response: accountBreaks,
    handler: async (ctx, { params, body }) => {
      await getRow(ctx, financialAccount, params.id);
      return { body: await mendBreak(ctx, params.id, body) };
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/account-breaks',
    tag,
    summary: 'The breaks of all accounts, the open ones and the accepted ones',
    access: { resource: 'household', action: 'read' },
    response: allBreaks,
    handler: async (ctx) => ({ body: await breaksOfAll(ctx) }),
  }),
];

export { openDifferences } from './service.ts';
