import { sql } from '../database/database.ts';
import { invalidField } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';

/**
 * Refuses a time zone that this PostgreSQL does not know: each has its own list, some without the older names, and
 * every query of days would fail.
 */
export async function refuseUnknownZone(ctx: Context, time_zone: string | undefined): Promise<void> {
  if (time_zone === undefined) return;
  const { known } = await ctx.tx.one<{ known: boolean }>(sql`select app.is_time_zone(${time_zone}) as known`);
  if (!known) throw invalidField('time_zone', 'invalid', 'Write a time zone such as Europe/Zurich');
}
