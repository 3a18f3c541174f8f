import { crudRoutes } from '../../../kernel/http/crud.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import { currencyDigits } from '../../../kernel/resource/money.ts';
import { currencyRate, moneyTotal, totalQuery } from './contract.ts';
import { dealProductTotal, dealTotal } from './deal-sums.ts';

export { type Exchange, type RatedSum, ratedSums, rateJoin, ratesToday, readExchange, worthOf } from './queries.ts';
export { Total, totalOf } from './total.ts';

export const routes: Route[] = [
  ...crudRoutes(currencyRate, {
    beforeCreate: async (_ctx, inputs, place) => {
      for (const [index, { currency }] of inputs.entries())
        currencyDigits(currency as string, `${place(index)}currency`);
      return inputs;
    },
  }),
  route({
    method: 'GET',
    path: '/api/v1/deal-totals',
    tag: 'Deals',
    summary: 'What the deals that match come to in the currency of the workspace',
    access: { resource: 'deal', action: 'read' },
    query: totalQuery,
    response: moneyTotal,
    handler: async (ctx, { query }) => ({ body: await dealTotal(ctx, query) }),
  }),
  route({
    method: 'GET',
    path: '/api/v1/deal-product-totals',
    tag: 'Deals',
    summary: 'What the products of deals that match come to in the currency of the workspace',
    access: { resource: 'deal', action: 'read' },
    query: totalQuery,
    response: moneyTotal,
    handler: async (ctx, { query }) => ({ body: await dealProductTotal(ctx, query) }),
  }),
];
