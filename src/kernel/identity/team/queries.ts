import type { Rights } from '../../access/rights.ts';
import { sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';

/** False when there is no such user. Adding a member twice changes nothing. */
export async function insertMember(ctx: Context, team_id: string, user_id: string): Promise<boolean> {
  const found = await ctx.tx.maybe(
    sql`select from user_account where tenant_id = ${ctx.tenant_id} and id = ${user_id}`,
  );
  if (!found) return false;
  await ctx.tx.run(sql`insert into team_member (tenant_id, team_id, user_id)
    values (${ctx.tenant_id}, ${team_id}, ${user_id}) on conflict do nothing`);
  return true;
}

export async function deleteMember(ctx: Context, team_id: string, user_id: string): Promise<boolean> {
  const gone = await ctx.tx.run(
    sql`delete from team_member where tenant_id = ${ctx.tenant_id} and team_id = ${team_id} and user_id = ${user_id}`,
  );
  return gone === 1;
}

/** Somebody who would reach the records of more people by a right of scope `team`. */
export interface Gain {
  rights: Rights[];
  reached: string[];
}

/** What people gain, and others gain over them, when they join a team. */
export function findReachGained(ctx: Context, team_id: string, user_ids: readonly string[]): Promise<Gain[]> {
  return ctx.tx.many(sql`select rights, reached from app.reach_gained(${team_id}, ${user_ids}::uuid[])`);
}
