import { shared } from '../../../kernel/access/table-rule.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { currencyDigits } from '../../../kernel/resource/money.ts';
import { currencyRate, moneyTotal, totalQuery } from './contract.ts';
import { dealProductTotal, dealTotal } from './deal-sums.ts';

export { type Exchange, type RatedSum, ratedSums, rateJoin, ratesToday, readExchange, worthOf } from './queries.ts';
export { Total, totalOf } from './total.ts';

export const currencyRateType: RecordType = {
  resource: currencyRate,
  rule: shared('currency_rate', 'product'),
  rules: {
    beforeCreate: async (_ctx, inputs, errorPath) => {
      for (const [index, { currency }] of inputs.entries())
        currencyDigits(currency as string, `${errorPath(index)}currency`);
      return inputs;
    },
  },
};

export const routes: Route[] = [
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
