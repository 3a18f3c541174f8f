import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

/** How many fields the noun with the most of them has, the retired ones too. */
export async function mostFields(ctx: Context): Promise<number> {
  const { most } = await ctx.tx.one<{ most: number }>(sql`select coalesce(max(fields), 0)::int as most from (
    select count(*) as fields from custom_field where tenant_id = ${ctx.tenant_id} group by resource) as counted`);
  return most;
}

/** A field retired before keeps its time. */
export const retiredFirst = sql`coalesce(retired_at, now())`;
