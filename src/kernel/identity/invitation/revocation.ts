import { cancelTimer } from '../../jobs/queue.ts';
import type { Context } from '../../tenancy/context.ts';
import { deleteTokensOfOthers, isMailedByOthers } from './queries.ts';

/** The job that mails an invitation; its key is the id of the user. */
export const invitation_kind = 'invitation';

/**
 * To be called when the caller has given an account more. Revokes an invitation to the account that somebody else sent, also one that is still to be
 * mailed: whoever sent it may have the link, and need not have what the account has now. Somebody who may sends it anew.
 */
export async function revokeInvitationOfOthers(ctx: Context, user_id: string): Promise<void> {
  // Before the token is deleted: a mail that is being sent makes it.
  if (await isMailedByOthers(ctx, invitation_kind, user_id)) await cancelTimer(ctx, invitation_kind, user_id);
  await deleteTokensOfOthers(ctx, user_id);
}
