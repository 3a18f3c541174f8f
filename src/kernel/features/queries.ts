import { sql } from '../database/database.ts';
import type { Context } from '../tenancy/context.ts';

export type Switches = Partial<Record<string, boolean>>;

/** What the workspace has said; what it has not is on. */
export async function readSwitches(ctx: Context, lock = false): Promise<Switches> {
  const { features } = await ctx.tx.one<{ features: Switches }>(
    sql`select features from tenant where id = ${ctx.tenant_id} ${lock ? sql`for no key update` : sql``}`,
  );
  return features;
}

export async function writeSwitches(ctx: Context, switches: Switches): Promise<void> {
  await ctx.tx.run(
    sql`update tenant set features = features || ${JSON.stringify(switches)}::jsonb where id = ${ctx.tenant_id}`,
  );
  await ctx.tx.run(sql`select app.signal('tenant', ${[ctx.tenant_id]}::uuid[])`);
}
