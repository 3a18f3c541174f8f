import type { FastifyRequest } from 'fastify';
import type { Cache } from '../../cache/cache.ts';
import { enqueue } from '../../jobs/queue.ts';
import type { Services } from '../../services.ts';
import { type Context, system_tenant_id } from '../../tenancy/context.ts';
import { hashToken } from '../../vault/tokens.ts';
import { confirmPassword, confirmPresence } from '../confirmation.ts';
import { recordEvent } from '../events.ts';
import { mail_attempts_max } from '../mail.ts';
import { noticePerson } from '../notice.ts';
import { asPerson, asSystem, sessionUser } from '../person.ts';
import { endSessions, renewSessions } from '../session/service.ts';
import { findTokenOf, issueToken, linkSpent, spendToken } from '../token/service.ts';
import { hashPassword } from './hash.ts';
import { refuseWeakPassword } from './policy.ts';
import {
  confirmEmail,
  emailKey,
  findActiveUser,
  findPasswordHash,
  readAccount,
  readPersonalWords,
  revokeOwnCredentials,
  upsertPassword,
} from './queries.ts';

/** Sets a user's password, if it is strong enough. The caller has checked that this is allowed. */
export async function setPassword(ctx: Context, user_id: string, password: string): Promise<void> {
  await refuseWeakPassword(password, await readPersonalWords(ctx, user_id));
  await upsertPassword(ctx, user_id, await hashPassword(password));
}

/** Changes the caller's own password. All other sessions end, and this one continues under a new token. */
export async function changePassword(
  ctx: Context,
  cache: Cache,
  input: { current_password?: string | undefined; password: string; revoke_credentials?: boolean | undefined },
): Promise<{ token: string; forgotten: Buffer[] }> {
  const { user_id, session_id } = sessionUser(ctx.actor);
  const hasPassword = (await findPasswordHash(ctx, user_id)) !== undefined;
  if (hasPassword) await confirmPassword(ctx, cache, user_id, input.current_password ?? '');
  else await confirmPresence(ctx, cache, undefined);
  await setPassword(ctx, user_id, input.password);
  await noticePerson(ctx, user_id, 'password_changed');
  const revoked = input.revoke_credentials ? await revokeOwnCredentials(ctx) : [];
  const { token, forgotten } = await renewSessions(ctx, user_id, session_id);
  return { token, forgotten: [...forgotten, ...revoked] };
}

export const password_reset_kind = 'password_reset';

const resets_per_address_max = 3;
const resets_window_seconds = 60 * 60;

/**
 * Enqueues a job, for known and unknown addresses alike, so that neither the response nor its time reveals who has an
 * account. Too many for one address are silently dropped, so that nobody's mailbox is flooded.
 */
export async function requestReset({ db, cache }: Services, request: FastifyRequest, email: string): Promise<void> {
  const who = hashToken(await emailKey(db, email)).toString('base64url');
  const { allowed } = await cache.count(`password-reset:${who}`, resets_window_seconds, resets_per_address_max);
  if (!allowed) return;
  await asSystem(db, request, system_tenant_id, (ctx) =>
    enqueue(ctx, password_reset_kind, { email }, { attemptsMax: mail_attempts_max }),
  );
}

/** The token of a reset link, to be handed on by the operator; undefined when nobody has this address. */
export async function createPasswordLink(ctx: Context, email: string): Promise<string | undefined> {
  const user_id = await findActiveUser(ctx, email);
  return user_id === undefined ? undefined : issueReset(ctx, user_id);
}

/**
 * Issues the token with which this user sets a new password. `sent_to`: the address it is mailed to, which its use
 * confirms.
 */
export async function issueReset(ctx: Context, user_id: string, sent_to?: string): Promise<string> {
  await recordEvent(ctx, { action: 'reset_requested', resource: 'user', record_id: user_id });
  return issueToken(ctx, 'password_reset', user_id, { sent_to });
}

/** Whose password a link sets: one person may have accounts in several workspaces. */
export async function showReset({ db }: Services, request: FastifyRequest, token: string) {
  const found = await findTokenOf(db, 'password_reset', token);
  if (!found?.user_id) throw linkSpent();
  const { tenant_id, user_id } = found;
  const { email, title } = await asPerson(db, request, { tenant_id, user_id }, (ctx) => readAccount(ctx, user_id));
  return { email, tenant: { title } };
}

/** Sets a new password by the mailed link. Does not sign in, because a second factor may be required. */
export async function completeReset(
  { db, authenticator }: Services,
  request: FastifyRequest,
  {
    token,
    password,
    revoke_credentials,
  }: { token: string; password: string; revoke_credentials?: boolean | undefined },
): Promise<void> {
  const found = await findTokenOf(db, 'password_reset', token);
  if (!found?.user_id) throw linkSpent();
  const { id, tenant_id, user_id } = found;
  const ended = await asPerson(db, request, { tenant_id, user_id }, async (ctx) => {
    const { sent_to } = await spendToken(ctx, id);
    if (sent_to !== null) await confirmEmail(ctx, user_id, sent_to);
    await setPassword(ctx, user_id, password);
    await noticePerson(ctx, user_id, 'password_changed');
    const revoked = revoke_credentials ? await revokeOwnCredentials(ctx) : [];
    return [...(await endSessions(ctx, user_id)), ...revoked];
  });
  await authenticator.forget(ended);
}
