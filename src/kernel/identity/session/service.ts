import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from '../../client-address.ts';
import { problems } from '../../errors/problem.ts';
import { session_cookie } from '../../http/security.ts';
import type { Services } from '../../services.ts';
import type { Context } from '../../tenancy/context.ts';
import { hashToken, randomToken } from '../../vault/tokens.ts';
import { timeZone } from '../contract.ts';
import { recordEvent } from '../events.ts';
import { personRights } from '../grants.ts';
import { session_absolute_days_max } from '../limits.ts';
import { signInFailed } from '../person.ts';
import { revokeSignInTokens } from '../token/service.ts';
import type { SessionMethod, SessionView } from './contract.ts';
import { describeDevice } from './device.ts';
import {
  announceEnd,
  deleteSession,
  deleteSessionsOf,
  insertSession,
  listSessionRows,
  noteSignIn,
  readSessionView,
  replaceSessionHash,
} from './queries.ts';

const user_agent_characters_max = 500;

const cookieOptions = {
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'lax',
  maxAge: session_absolute_days_max * 24 * 60 * 60,
} as const;

/**
 * Signs the context's user in, always with a new session and token, so that a cookie from before is worthless. Returns
 * the token for `sendCookie`, after the commit.
 */
export async function startSession(
  ctx: Context,
  request: FastifyRequest,
  method: SessionMethod,
  second_factor: boolean,
  ends_at?: string | null,
): Promise<string> {
  const { user_id } = ctx.actor;
  const zone = timeZone.safeParse(request.headers['time-zone']).data ?? null;
  if (!user_id || !(await noteSignIn(ctx, user_id, zone))) throw signInFailed();
  const token = randomToken();
  const id = await insertSession(ctx, user_id, {
    hash: hashToken(token),
    method,
    second_factor,
    ends_at,
    ip: clientAddress(request.ip),
    user_agent: request.headers['user-agent']?.slice(0, user_agent_characters_max) ?? null,
  });
  await recordEvent(ctx, { action: 'sign_in', resource: 'session', record_id: id, after: { user_id, method } });
  return token;
}

export function sendCookie(reply: FastifyReply, token: string): void {
  void reply.setCookie(session_cookie, token, cookieOptions);
}

/**
 * Also clears the HTTP cache of the browser. The page deletes its own storage before (web/platform/offline/), which
 * "storage" would destroy while it is in use.
 */
export function clearCookie(reply: FastifyReply): void {
  void reply.clearCookie(session_cookie, { ...cookieOptions, maxAge: 0 });
  // Not "cookies", which would delete those of all hosts of the domain.
  void reply.header('clear-site-data', '"cache"');
}

/** The caller and their rights, which are read again: those of the context may be some tenths of a second old. */
export async function viewSession(
  ctx: Context,
  { features: switched }: Services,
  second_factor_missing = ctx.actor.second_factor_missing ?? false,
): Promise<SessionView> {
  const { roles, kind, features, ...view } = await readSessionView(ctx);
  const { outside: _, ...rights } =
    ctx.actor.kind === 'user' ? personRights(kind ?? 'member', roles ?? []) : ctx.actor.rights;
  const features_off = switched.listOff(features);
  return { ...view, rights: rights as SessionView['rights'], features_off, second_factor_missing };
}

export async function listDevices(ctx: Context, user_id: string) {
  const rows = await listSessionRows(ctx, user_id);
  return rows.map(({ user_agent, ...row }) => ({
    ...row,
    ...describeDevice(user_agent),
    current: row.id === ctx.actor.credential_id,
  }));
}

/** Ends one session of a user; returns the hashes to remove from the cache after the commit. */
export async function endSession(
  ctx: Context,
  user_id: string,
  session_id: string,
  action: 'sign_out' | 'revoke',
): Promise<Buffer[]> {
  const ended = await endSessionIfAny(ctx, user_id, session_id, action);
  if (ended.length === 0) throw problems.notFound('session');
  return ended;
}

/** The same for one that may have ended already. */
export async function endSessionIfAny(
  ctx: Context,
  user_id: string,
  session_id: string,
  action: 'sign_out' | 'revoke',
): Promise<Buffer[]> {
  const ended = await deleteSession(ctx, user_id, session_id);
  if (!ended) return [];
  await recordEvent(ctx, { action, resource: 'session', record_id: ended.id, after: { user_id } });
  await announceEnd(ctx, [ended.id]);
  return [ended.hash];
}

/**
 * Ends all sessions of a user but one, and the links that would begin another: whoever had a session to be ended may
 * have asked for one. Returns the hashes to remove from the cache after the commit.
 */
export async function endSessions(ctx: Context, user_id: string, except: string | null = null): Promise<Buffer[]> {
  await revokeSignInTokens(ctx, user_id);
  const ended = await deleteSessionsOf(ctx, user_id, except);
  if (ended.length > 0) {
    const after = { user_id, sessions: ended.length };
    await recordEvent(ctx, { action: 'revoke', resource: 'session', record_id: null, after });
    await announceEnd(
      ctx,
      ended.map(({ id }) => id),
    );
  }
  return ended.map(({ hash }) => hash);
}

/**
 * After a change of how the account is protected: the caller's session continues under a new token and all others end,
 * so that old tokens are worthless.
 */
export async function renewSessions(
  ctx: Context,
  user_id: string,
  session_id: string,
): Promise<{ token: string; forgotten: Buffer[] }> {
  const token = randomToken();
  // First, because it locks tokens before sessions, as whoever disables the account does.
  const ended = await endSessions(ctx, user_id, session_id);
  const old = await replaceSessionHash(ctx, session_id, hashToken(token));
  if (!old) throw problems.notSignedIn();
  return { token, forgotten: [old, ...ended] };
}
