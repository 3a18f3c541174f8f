import { problems } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import { recordEvent } from '../events.ts';
import { refuseUnknownZone } from '../time-zone.ts';
import type { Tenant, TenantUpdate } from './contract.ts';
import { changeTenant, lockTenant, readTenant } from './queries.ts';

/** The table is not the tenant's own, so its event is written here and not by a trigger. */
export async function updateTenant(ctx: Context, update: TenantUpdate, version: number | undefined): Promise<Tenant> {
  await lockTenant(ctx);
  const before = await readTenant(ctx);
  if (version !== undefined && before.version !== version) throw problems.stale(before);
  await refuseUnknownZone(ctx, update.time_zone);
  await changeTenant(ctx, update);
  const names = Object.keys(update) as (keyof TenantUpdate)[];
  await recordEvent(ctx, {
    action: 'update',
    resource: 'tenant',
    record_id: ctx.tenant_id,
    before: Object.fromEntries(names.map((name) => [name, before[name]])),
    after: update,
  });
  return readTenant(ctx);
}
