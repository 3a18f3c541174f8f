import type { Database } from '../../database/database.ts';
import { Problem } from '../../errors/problem.ts';
import type { Context } from '../../tenancy/context.ts';
import { hashToken, randomToken } from '../../vault/tokens.ts';
import {
  email_confirmation_days,
  identity_link_minutes,
  invitation_days,
  passkey_challenge_minutes,
  password_reset_minutes,
  second_factor_minutes,
  sign_in_link_minutes,
} from '../limits.ts';
import {
  deleteChallenge,
  deleteOlderTokens,
  deleteToken,
  deleteTokensOf,
  type FoundToken,
  findToken,
  insertToken,
  lockOwnAccount,
  type SpentToken,
} from './queries.ts';

const minutesOf = {
  sign_in_link: sign_in_link_minutes,
  invitation: invitation_days * 24 * 60,
  password_reset: password_reset_minutes,
  email_confirmation: email_confirmation_days * 24 * 60,
  identity_link: identity_link_minutes,
  second_factor: second_factor_minutes,
  passkey_challenge: passkey_challenge_minutes,
  account_link: second_factor_minutes,
} as const;
export type TokenKind = keyof typeof minutesOf;

/** Issues a token; older ones of the user and kind stop working. Only its hash is stored. */
export async function issueToken(
  ctx: Context,
  kind: TokenKind,
  user_id: string,
  {
    minutes = minutesOf[kind],
    ...more
  }: { minutes?: number | undefined; sent_to?: string | undefined; payload?: object | undefined } = {},
): Promise<string> {
  const token = randomToken();
  const hash = hashToken(token);
  // First, because it locks the account, which whoever deletes it locks before its tokens.
  await insertToken(ctx, { kind, hash, user_id, minutes, ...more });
  await deleteOlderTokens(ctx, kind, user_id, hash);
  return token;
}

/** Stores the challenge of a passkey, for the caller or for an unknown user. */
export async function keepChallenge(ctx: Context, challenge: string): Promise<void> {
  const kind = 'passkey_challenge';
  await insertToken(ctx, { kind, hash: hashToken(challenge), user_id: ctx.actor.user_id, minutes: minutesOf[kind] });
}

/** Whether this challenge was given to the caller; it works once. */
export function spendChallenge(ctx: Context, challenge: string): Promise<boolean> {
  return deleteChallenge(ctx, hashToken(challenge), ctx.actor.user_id);
}

/**
 * Finds the workspace and user of a token, without using it up. None for one that was mailed to an address that is no
 * longer the user's.
 */
export function findTokenOf(db: Database, kind: TokenKind, token: string): Promise<FoundToken | undefined> {
  return findToken(db, kind, hashToken(token));
}

/** Uses up a token of the person who acts, in the caller's transaction: when that fails, the token still works. */
export async function spendToken(ctx: Context, id: string): Promise<SpentToken> {
  // First, as whoever disables or deletes the account locks it before its tokens.
  await lockOwnAccount(ctx);
  const spent = await deleteToken(ctx, id);
  if (!spent) throw linkSpent();
  return spent;
}

export function linkSpent(): Problem {
  return new Problem(
    410,
    'link_expired',
    'This link no longer works',
    'It was used already, a newer one was sent, or it is too old. Ask for a new one.',
  );
}

/** Creates a link that signs a user in once, without a password. */
export function createSignInLink(ctx: Context, user_id: string, options: { minutes?: number } = {}): Promise<string> {
  return issueToken(ctx, 'sign_in_link', user_id, options);
}

/**
 * Revokes the links and begun sign-ins that end in a session or a new password. The others stay: the confirmation of an
 * address opens nothing, and an invitation is withdrawn by itself.
 */
export function revokeSignInTokens(ctx: Context, user_id: string): Promise<void> {
  return deleteTokensOf(ctx, ['sign_in_link', 'password_reset', 'identity_link', 'second_factor'], user_id);
}

/** Revokes all links and challenges of a user. */
export function revokeTokens(ctx: Context, user_id: string): Promise<void> {
  return deleteTokensOf(ctx, Object.keys(minutesOf), user_id);
}
