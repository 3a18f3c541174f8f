import { mergeRights } from '../../access/rights.ts';
import { problems } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import { revokeInvitationOfOthers } from '../invitation/revocation.ts';
import { reachBeyond } from '../user/authority.ts';
import { lockGrants } from '../user/queries.ts';
import { findReachGained, insertMember } from './queries.ts';

/**
 * Adds a member to a team. Members with a right of scope `team` reach the new member's records from then on, and the
 * new member reaches theirs; the caller must reach these records in the same way. Throws 403 otherwise, and 404 for an
 * unknown user.
 */
export async function addMember(ctx: Context, team_id: string, user_id: string): Promise<void> {
  await refuseReachGained(ctx, team_id, [user_id]);
  if (!(await insertMember(ctx, team_id, user_id))) throw problems.notFound('user');
  await revokeInvitationOfOthers(ctx, user_id);
}

/** Throws 403 when these people, by joining the team, would give anybody access that the caller does not have. */
export async function refuseReachGained(ctx: Context, team_id: string, user_ids: readonly string[]): Promise<void> {
  await lockGrants(ctx);
  for (const { rights, reached } of await findReachGained(ctx, team_id, user_ids)) {
    const beyond = await reachBeyond(ctx, mergeRights(rights), reached);
    if (beyond)
      throw problems.forbidden(
        `Members of this team would reach records that you do not reach yourself (${beyond}). Ask an administrator.`,
      );
  }
}
