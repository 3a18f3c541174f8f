import { sql } from '../database/database.ts';
import type { Context } from './context.ts';

/** The default currency of the workspace. */
export async function tenantCurrency(ctx: Context): Promise<string> {
  const tenant = await ctx.tx.one<{ default_currency: string }>(
    sql`select default_currency from tenant where id = ${ctx.tenant_id}`,
  );
  return tenant.default_currency;
}
