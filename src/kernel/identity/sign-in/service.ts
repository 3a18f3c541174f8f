import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, problems } from '../../errors/problem.ts';
import type { Services } from '../../services.ts';
import { type Context, system_tenant_id } from '../../tenancy/context.ts';
import { recordEvent } from '../events.ts';
import { accounts_compared_max, attempts_window_seconds, code_attempts_max, second_factor_minutes } from '../limits.ts';
import { verifyPassword } from '../password/hash.ts';
import { findSignInAccounts, keepPassword } from '../password/queries.ts';
import { asPerson, asSystem, signInFailed } from '../person.ts';
import { hasSecondFactor, isSecondFactorMissing, passesSecondFactor } from '../second-factor/service.ts';
import type { SessionMethod } from '../session/contract.ts';
import { endSessionIfAny, sendCookie, startSession, viewSession } from '../session/service.ts';
import { countAttempt } from '../throttle.ts';
import { findTokenOf, issueToken, linkSpent, spendToken } from '../token/service.ts';
import type { SignInAnswer } from './contract.ts';
import { findSignInOptions } from './queries.ts';

export interface Begun {
  answer: SignInAnswer;
  /** The token of the new session; absent while the second factor is missing. */
  token?: string;
  /** The session in another workspace that this one follows. */
  former?: FormerSession;
}

export interface FormerSession {
  tenant_id: string;
  user_id: string;
  session_id: string;
  ends_at: string;
}

/** Called after a first factor: asks for the second where there is one, otherwise signs in. */
export async function beginSession(
  ctx: Context,
  services: Services,
  request: FastifyRequest,
  method: SessionMethod,
  former?: FormerSession,
): Promise<Begun> {
  const user_id = ctx.actor.user_id!;
  if (await hasSecondFactor(ctx, user_id)) {
    const challenge = await issueToken(ctx, 'second_factor', user_id, { payload: former });
    return { answer: { outcome: 'second_factor_required', challenge } };
  }
  return openSession(ctx, services, request, method, false, former);
}

/** Signs in. `second_factor`: whether one was used. */
export async function openSession(
  ctx: Context,
  services: Services,
  request: FastifyRequest,
  method: SessionMethod,
  second_factor: boolean,
  former?: FormerSession,
): Promise<Begun> {
  const token = await startSession(ctx, request, method, second_factor, former?.ends_at);
  const missing = !second_factor && (await isSecondFactorMissing(ctx, ctx.actor.user_id!));
  return {
    token,
    ...(former && { former }),
    answer: { outcome: 'signed_in', session: await viewSession(ctx, services, missing) },
  };
}

/** Ends the session in the workspace that somebody has left for another. To be called after the commit. */
export async function endFormer(
  { db, authenticator }: Services,
  request: FastifyRequest,
  { token, former }: Begun,
): Promise<void> {
  if (!token || !former) return;
  const { user_id, session_id } = former;
  // It may have ended by itself meanwhile.
  const ended = await asPerson(db, request, former, (ctx) => endSessionIfAny(ctx, user_id, session_id, 'sign_out'));
  await authenticator.forget(ended);
}

/** To be called after the commit. */
export function answerSignIn(reply: FastifyReply, { answer, token }: Begun): { body: SignInAnswer } {
  if (token) sendCookie(reply, token);
  return { body: answer };
}

interface PasswordAttempt {
  email: string;
  password: string;
  workspace?: string | undefined;
}

export const signInWithPassword = (
  services: Services,
  request: FastifyRequest,
  attempt: PasswordAttempt,
): Promise<Begun> =>
  provePassword(services, request, attempt, (ctx) => beginSession(ctx, services, request, 'password'));

/**
 * Compares the password with those of the accounts that the address may sign in to, and does `work` as the matching one
 * that was used last. The number of comparisons is always the same, so neither time nor response reveals anything.
 */
export async function provePassword<Result extends object | string>(
  services: Services,
  request: FastifyRequest,
  { email, password, workspace }: PasswordAttempt,
  work: (ctx: Context) => Promise<Result>,
): Promise<Result> {
  const { db, cache } = services;
  const compared = workspace === undefined ? accounts_compared_max : 1;
  const { key, accounts } = await findSignInAccounts(db, email, workspace ?? null, compared);
  await countAttempt(cache, key, request.ip);
  const fits: boolean[] = [];
  for (let i = 0; i < compared; i++) fits.push(await verifyPassword(accounts[i]?.hash, password));
  const account = accounts.find((_, i) => fits[i]);
  const done =
    account &&
    (await asPerson(db, request, account, async (ctx) =>
      (await keepPassword(ctx, account.user_id, account.hash)) ? work(ctx) : undefined,
    ));
  if (done !== undefined) return done;
  const tried = accounts.length > 0 ? accounts : [{ tenant_id: system_tenant_id, user_id: null }];
  await Promise.all(
    tried.map(({ tenant_id, user_id }) =>
      asSystem(db, request, tenant_id, (ctx) => noteFailure(ctx, user_id, 'password')),
    ),
  );
  throw signInFailed();
}

export async function signInWithSecondFactor(
  services: Services,
  request: FastifyRequest,
  given: { challenge: string; code?: string | undefined; recovery_code?: string | undefined },
): Promise<Begun> {
  const { db, cache, keyRing } = services;
  const found = await findTokenOf(db, 'second_factor', given.challenge);
  if (!found?.user_id) throw challengeExpired();
  const { tenant_id, user_id } = found;
  const counted = await cache.count(`second-factor:${user_id}`, attempts_window_seconds, code_attempts_max);
  if (!counted.allowed) throw problems.rateLimited(counted.retryAfterSeconds);
  const begun = await asPerson(db, request, { tenant_id, user_id }, async (ctx) => {
    if (await passesSecondFactor(ctx, keyRing, user_id, given)) {
      const { payload } = await spendToken(ctx, found.id);
      const former = (payload ?? undefined) as FormerSession | undefined;
      return openSession(ctx, services, request, 'second_factor', true, former);
    }
    await noteFailure(ctx, user_id, 'second_factor');
    return undefined;
  });
  if (!begun) throw wrongCode(given.recovery_code === undefined ? 'code' : 'recovery_code');
  await endFormer(services, request, begun);
  return begun;
}

export function wrongCode(field: 'code' | 'recovery_code'): Problem {
  const message =
    field === 'code'
      ? 'This code is not correct. Take the newest one'
      : 'This code is not correct. Check it, or take another one: each works once';
  return new Problem(401, 'wrong_code', 'This code is not correct', message, {
    errors: [{ field, code: 'wrong_code', message }],
  });
}

const challengeExpired = () =>
  new Problem(
    410,
    'sign_in_expired',
    'This sign-in has expired',
    `The code has to follow within ${second_factor_minutes} minutes. Sign in again.`,
  );

export async function signInWithLink(services: Services, request: FastifyRequest, token: string): Promise<Begun> {
  const { db } = services;
  const found = await findTokenOf(db, 'sign_in_link', token);
  if (!found?.user_id) throw linkSpent();
  const { id, tenant_id, user_id } = found;
  return asPerson(db, request, { tenant_id, user_id }, async (ctx) => {
    await spendToken(ctx, id);
    return beginSession(ctx, services, request, 'link');
  });
}

/** The input is not stored, because people type passwords into the wrong field. */
export async function noteFailure(ctx: Context, user_id: string | null, method: SessionMethod): Promise<void> {
  await recordEvent(ctx, { action: 'sign_in_failed', resource: 'user', record_id: user_id, after: { method } });
}

/** The ways to sign in that the page offers. */
export async function signInOptions({ db, mailer }: Services, workspace: string | undefined) {
  const rows = await findSignInOptions(db, workspace ?? null);
  return {
    workspace: rows[0] ? { title: rows[0].title } : null,
    password: true as const,
    passkey: true as const,
    mail: mailer.configured,
    providers: rows.flatMap(({ provider_id, provider_name, provider_kind }) =>
      provider_id ? [{ id: provider_id, name: provider_name, kind: provider_kind }] : [],
    ),
  };
}
