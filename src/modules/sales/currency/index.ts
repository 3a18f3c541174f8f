import { shared } from '../../../kernel/access/table-rule.ts';
import { invalidField } from '../../../kernel/errors/problem.ts';
import { type Route, route } from '../../../kernel/http/route.ts';
import type { RecordType } from '../../../kernel/record-type/record-type.ts';
import { currencyDigits } from '../../../kernel/resource/money.ts';
import { tenantCurrency } from '../../../kernel/tenancy/currency.ts';
import { currencyRate, moneyTotal, totalQuery } from './contract.ts';
import { dealProductTotal, dealTotal } from './deal-sums.ts';

export { dealWorth, type Exchange, type RatedSum, ratedSums, rateJoin, ratesToday, readExchange } from './queries.ts';
export { Total, totalOf } from './total.ts';

const own_currency = 'This is the currency of the workspace, which needs no rate';

export const currencyRateType: RecordType = {
  resource: currencyRate,
  rule: shared('currency_rate', 'product'),
  rules: {
    beforeCreate: async (ctx, inputs, errorPath) => {
      const own = await tenantCurrency(ctx);
      for (const [index, { currency }] of inputs.entries()) {
        const field = `${errorPath(index)}currency`;
        currencyDigits(currency as string, field);
        // The database refuses it too, but does not know which of several it is.
        if (currency === own) throw invalidField(field, 'own_currency', own_currency);
      }
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
