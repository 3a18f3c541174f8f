import { sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';
import type { Tenant, TenantUpdate } from './contract.ts';

export function readTenant(ctx: Context): Promise<Tenant> {
  return ctx.tx.one(sql`select id, name, title, default_currency, time_zone, locale, second_factor_required, version, created_at, updated_at
    from tenant where id = ${ctx.tenant_id}`);
}

/** Locks the workspace until the end of the transaction. */
export async function lockTenant(ctx: Context): Promise<void> {
  await ctx.tx.many(sql`select from tenant where id = ${ctx.tenant_id} for update`);
}

export async function changeTenant(ctx: Context, update: TenantUpdate): Promise<void> {
  const assignments = Object.entries(update).map(([name, value]) => sql`${sql.ref(name)} = ${value}`);
  if (assignments.length === 0) return;
  await ctx.tx.run(sql`update tenant set ${sql.join(assignments)} where id = ${ctx.tenant_id}`);
  await ctx.tx.run(sql`select app.signal('tenant', ${[ctx.tenant_id]}::uuid[])`);
}
