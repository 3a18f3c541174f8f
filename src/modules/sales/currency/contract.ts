import { z } from 'zod';
import { currency, decimal, moneyAmount, requiredDate } from '../../../kernel/contract/fields.ts';
import { defineResource } from '../../../kernel/contract/resource.ts';

/** What one unit of a currency is worth in the workspace's own, from a day on until the next such day. */
export const currencyRate = defineResource({
  name: 'currency_rate',
  right: 'product',
  plural: 'currency-rates',
  table: 'currency_rate',
  title: 'currency rate',
  defaultSort: '-valid_on',
  fields: {
    currency: currency({ title: 'Currency', required: true, createOnly: true }),
    valid_on: requiredDate({ title: 'From' }),
    rate: decimal({ whole: 9, fraction: 10 }, { title: 'Rate', required: true }),
  },
});

/** Amounts in several currencies as one, and those for which there is no rate beside it: they are never added. */
export const moneyTotal = z
  .object({
    amount: z.string(),
    currency: z.string().describe("The workspace's own"),
    without_rate: z.array(moneyAmount),
  })
  .meta({ id: 'MoneyTotal' });
export type MoneyTotal = z.output<typeof moneyTotal>;

export const totalQuery = z.strictObject({
  filter: z.string().max(20_000).optional().describe('As of the list'),
  weighted: z.enum(['true', 'false']).default('false').describe("true: each amount times its stage's probability"),
});
export type TotalQuery = z.output<typeof totalQuery>;
