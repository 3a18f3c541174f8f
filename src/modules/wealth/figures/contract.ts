import { z } from 'zod';
import { dateText } from '../../../kernel/contract/time.ts';

const periods_max = 10;
export const performanceQuery = z.strictObject({
  from: dateText().optional().describe('The end of the day before the period; by default the first transaction'),
  to: dateText().optional().describe('The last day; today by default'),
  starts: z
    .string()
    .max(200)
    .default('')
    .transform((text) => (text === '' ? [] : text.split(',')))
    .pipe(z.array(dateText()).max(periods_max))
    .describe('Further days, separated by commas: the returns of the periods that begin with their ends'),
  benchmark_id: z.uuid().optional().describe('A security to compare with; by default that of the account'),
});
export type PerformanceQuery = z.output<typeof performanceQuery>;

const rate = z.number().nullable();
const returnOf = z
  .object({
    total: rate,
    annual: rate.describe('Null under a year, of which no yearly return is said'),
    method: z.enum(['daily', 'modified_dietz', 'mixed']),
    gaps: z.array(z.object({ from: z.string(), to: z.string(), why: z.enum(['no_capital', 'unknown_flow']) })),
  })
  .nullable()
  .describe('Null where there are not two days of which all values are known');

const period = z.object({
  from: z.string().nullable(),
  to: z.string().nullable(),
  net: returnOf,
  gross: returnOf,
  money_weighted: z.object({ total: rate, annual: rate, why: z.string().nullable(), roots: z.array(z.number()) }),
  benchmark: z.object({ id: z.uuid(), name: z.string(), total: rate, annual: rate }).nullable(),
  flows: z
    .string()
    .nullable()
    .describe('What came in from outside, less what left; null where nobody knows what a part of it was worth'),
  fees: z.string(),
});

export const performance = period
  .extend({
    currency: z.string(),
    accounts: z.array(z.object({ id: z.uuid(), name: z.string() })),
    /** Accounts of which only positions are known: without transactions nobody knows what was paid in. */
    left_out: z.array(z.object({ id: z.uuid(), name: z.string(), why: z.literal('no_transactions') })),
    values: z.array(
      z.object({
        day: z.string(),
        value: z.string().nullable().describe('Null where a price or rate was never known until then'),
        is_stale: z.boolean().describe('A price in it is older than its security says'),
      }),
    ),
    periods: z.array(period.extend({ start: z.string() })),
  })
  .meta({ id: 'Performance' });

const amount = z.string().nullable();
const share = z.object({ key: z.string().nullable(), value: z.string(), share: rate });
export const holdings = z
  .object({
    currency: z.string(),
    data: z.array(
      z.object({
        account_id: z.uuid(),
        security: z.object({ id: z.uuid(), name: z.string() }).nullable(),
        asset_class: z.string(),
        currency: z.string(),
        quantity: z.string(),
        price: amount,
        price_day: z.string().nullable(),
        is_stale: z.boolean(),
        value: amount.describe('In the currency of the answer; null where a price or rate is missing'),
        cost: amount.describe('In the currency of the security; null where it is unknown'),
        gain: amount.describe('Value less cost in the currency of the security; null where either is unknown'),
      }),
    ),
    net_worth: z.object({ managed: z.string(), held_away: z.string(), liability: z.string(), total: z.string() }),
    /** How many holdings have no value, and are in no sum. */
    without_value: z.int(),
    income_year: z.string().describe('Dividends, interest and distributions of the last twelve months'),
    allocation: z.object({ asset_class: z.array(share), currency: z.array(share), custodian: z.array(share) }),
  })
  .meta({ id: 'Holdings' });
export type Holdings = z.output<typeof holdings>;
