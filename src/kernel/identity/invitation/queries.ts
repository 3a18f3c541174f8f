import { sql } from '../../database/database.ts';
import type { Context } from '../../tenancy/context.ts';

/** Narrows a list of users to those who have not accepted yet. */
export const isPending = sql`r.status = 'invited'`;

/**
 * The invited users with a valid link. Others have none: imports and people create users without one, and links are
 * withdrawn and expire.
 */
export const isOpen = sql`${isPending} and exists (select from one_time_token k where k.tenant_id = r.tenant_id and k.user_id = r.id
  and k.kind = 'invitation' and k.expires_at > now())`;

interface Invited {
  email: string | null;
  name: string;
  status: 'invited' | 'active' | 'disabled';
  tenant_title: string;
  /** The language of mails to them. */
  locale: string;
}

export function readInvited(ctx: Context, user_id: string): Promise<Invited | undefined> {
  return ctx.tx.maybe(sql`select u.email, u.name, u.status, t.title as tenant_title, coalesce(u.locale, t.locale) as locale
    from user_account u join tenant t on t.id = u.tenant_id where u.tenant_id = ${ctx.tenant_id} and u.id = ${user_id}`);
}

/** Who sent an invitation; null where nobody knows, as with a key that is nobody's. */
export async function findInviter(ctx: Context, token_id: string): Promise<string | null> {
  const found = await ctx.tx.maybe<{ invited_by: string | null }>(
    sql`select payload ->> 'invited_by' as invited_by from one_time_token where tenant_id = ${ctx.tenant_id} and id = ${token_id}`,
  );
  return found?.invited_by ?? null;
}

/** False when the user is not, or no longer, invited. */
export async function activateUser(ctx: Context, user_id: string, name?: string): Promise<boolean> {
  const changed = await ctx.tx.run(sql`update user_account set status = 'active', name = coalesce(${name ?? null}, name)
    where tenant_id = ${ctx.tenant_id} and id = ${user_id} and status = 'invited' and email is not null`);
  return changed === 1;
}

/** Whether a mail with an invitation to this user waits that somebody other than the caller had sent. */
export async function isMailedByOthers(ctx: Context, kind: string, user_id: string): Promise<boolean> {
  const found =
    await ctx.tx.maybe(sql`select from job where tenant_id = ${ctx.tenant_id} and kind = ${kind} and dedupe_key = ${user_id}
    and state in ('scheduled', 'ready', 'running') and ((payload ->> 'invited_by')::uuid = app.user_id()) is not true`);
  return found !== undefined;
}

/** Whether or not the caller may change users. */
export async function deleteTokensOfOthers(ctx: Context, user_id: string): Promise<void> {
  await ctx.tx.one(sql`select app.revoke_invitation_of_others(${user_id})`);
}

/** Open invitations to accounts with a role; `invited_by` is null where nobody knows who sent it. */
export const invitationsWithRole = (
  ctx: Context,
  role_id: string,
): Promise<{ user_id: string; invited_by: string | null }[]> =>
  ctx.tx.many(sql`select user_id, invited_by from app.invitations_with_role(${role_id})`);
