import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

export interface RateRow {
  currency: string;
  valid_on: string;
  rate: string;
}

const rates_max = 20_000;

/** The rates of some currencies, the latest first. */
export function ratesOf(ctx: Context, currencies: readonly string[]): Promise<RateRow[]> {
  return ctx.tx.many<RateRow>(sql`select currency, valid_on, rate from currency_rate
    where tenant_id = ${ctx.tenant_id} and currency = any (${currencies}) order by valid_on desc limit ${rates_max}`);
}
