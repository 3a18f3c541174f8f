import { mergeRights, type Rights } from '../../access/rights.ts';
import { cancelTimer } from '../../jobs/queue.ts';
import type { Context } from '../../tenancy/context.ts';
import { rightBeyond } from '../grants.ts';
import { findHolders, findRightsOf } from '../user/queries.ts';
import { deleteTokensOfOthers, invitationsWithRole, isMailedByOthers } from './queries.ts';

/** The job that mails an invitation; its key is the id of the user. */
export const invitation_kind = 'invitation';

/**
 * To be called when the caller has given an account more. Revokes an invitation to the account that somebody else sent,
 * also one that is still to be mailed: whoever sent it may have the link, and need not have what the account has now.
 * Somebody who may sends it anew.
 */
export async function revokeInvitationOfOthers(ctx: Context, user_id: string): Promise<void> {
  // Before the token is deleted: a mail that is being sent makes it.
  if (await isMailedByOthers(ctx, invitation_kind, user_id)) await cancelTimer(ctx, invitation_kind, user_id);
  await deleteTokensOfOthers(ctx, user_id);
}

/**
 * The same when a role is given more, of the invitations to accounts with it that were sent by somebody who has less.
 */
export async function revokeInvitationsBeyond(ctx: Context, role_id: string, rights: Rights): Promise<void> {
  const invitations = await invitationsWithRole(ctx, role_id);
  if (invitations.length === 0) return;
  const holders = await findHolders(ctx, role_id);
  for (const { user_id, invited_by } of invitations) {
    if (invited_by !== null && (invited_by === ctx.actor.user_id || holders.includes(invited_by))) continue;
    const theirs = invited_by === null ? {} : mergeRights(await findRightsOf(ctx, invited_by));
    if (rightBeyond(theirs, rights)) await revokeInvitationOfOthers(ctx, user_id);
  }
}
