import { sql } from '../../../kernel/database/database.ts';
import type { Context } from '../../../kernel/tenancy/context.ts';

export function tileIds(ctx: Context, dashboardId: string): Promise<{ id: string }[]> {
  return ctx.tx.many(
    sql`select id from dashboard_tile where tenant_id = ${ctx.tenant_id} and dashboard_id = ${dashboardId} order by position, id`,
  );
}

/**
 * Locks dashboards, so that only one caller at a time adds tiles: these are counted, and placed behind the last one.
 */
export async function lockDashboards(ctx: Context, ids: unknown[]): Promise<void> {
  await ctx.tx.run(
    sql`select from dashboard where tenant_id = ${ctx.tenant_id} and id = any (${ids}) order by id for no key update`,
  );
}

/** How many tiles each dashboard has, and where its last one stands. */
export function lastPlaces(
  ctx: Context,
  ids: unknown[],
): Promise<{ dashboard_id: string; tiles: number; last: number }[]> {
  return ctx.tx.many(sql`select dashboard_id, count(*)::int as tiles, max(position) as last from dashboard_tile
    where tenant_id = ${ctx.tenant_id} and dashboard_id = any (${ids}) group by dashboard_id`);
}

export async function placeTiles(ctx: Context, ids: string[]): Promise<void> {
  await ctx.tx.run(sql`update dashboard_tile t set position = p.position
    from unnest(${ids}::uuid[]) with ordinality as p (id, position)
    where t.tenant_id = ${ctx.tenant_id} and t.id = p.id and t.position <> p.position`);
}
