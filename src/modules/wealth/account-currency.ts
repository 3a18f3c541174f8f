import { sql } from '../../kernel/database/database.ts';
import type { Values } from '../../kernel/resource/store.ts';
import type { Context } from '../../kernel/tenancy/context.ts';

/** What does not say its currency is in that of its account. */
export async function inCurrencyOfAccount(ctx: Context, inputs: Values[]): Promise<Values[]> {
  const ids = inputs.flatMap(({ account_id, currency }) => (currency ? [] : [account_id as string]));
  if (ids.length === 0) return inputs;
  const rows = await ctx.tx.many<{ id: string; currency: string }>(sql`select id, currency from financial_account
    where tenant_id = ${ctx.tenant_id} and id = any (${[...new Set(ids)]}::uuid[])`);
  const known = new Map(rows.map(({ id, currency }) => [id, currency]));
  return inputs.map((input) => {
    const currency = input.currency ?? known.get((input.account_id as string).toLowerCase());
    return currency ? { ...input, currency } : input;
  });
}
