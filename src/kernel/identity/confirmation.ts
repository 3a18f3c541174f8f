import type { Cache } from '../cache/cache.ts';
import { Problem, problems } from '../errors/problem.ts';
import type { Services } from '../services.ts';
import type { Context } from '../tenancy/context.ts';
import { attempts_window_seconds, code_attempts_max, recent_minutes } from './limits.ts';
import { verifyPassword } from './password/hash.ts';
import { findPasswordHash } from './password/queries.ts';
import { sessionUser } from './person.ts';
import { passesSecondFactor } from './second-factor/service.ts';
import { isRecentSession, noteConfirmation } from './session/queries.ts';

/**
 * Required before a change of how an account is protected, and before credentials are created, so that somebody who
 * finds a browser open cannot take over the account. Accepts the password, or a session that was signed in or confirmed
 * within the last minutes.
 */
export async function confirmPresence(ctx: Context, cache: Cache, password: string | undefined): Promise<void> {
  const { user_id, session_id } = sessionUser(ctx.actor);
  if (password !== undefined) return confirmPassword(ctx, cache, user_id, password);
  if (await isRecentSession(ctx, session_id, recent_minutes)) return;
  throw new Problem(
    403,
    'confirmation_needed',
    'Please confirm that it is you',
    `You signed in more than ${recent_minutes} minutes ago. Confirm it with POST /api/v1/session/confirmation, or sign in again.`,
  );
}

/** The same for creating credentials for programs. A key that may create them has no person who could confirm it. */
export async function confirmMaker(ctx: Context, cache: Cache): Promise<void> {
  if (ctx.actor.kind === 'user') await confirmPresence(ctx, cache, undefined);
}

/**
 * The same for whoever administers accounts, before a change by which an account can be taken over. A key may change
 * other accounts, but not how its own person signs in: a stolen key would become that person's account.
 */
export async function confirmAccountChange(ctx: Context, cache: Cache, user_id: string): Promise<void> {
  if (user_id === ctx.actor.user_id) await confirmPresence(ctx, cache, undefined);
  else await confirmMaker(ctx, cache);
}

/**
 * Confirms a session for some minutes, by the password or a code of the second factor. Throws 403, and 429 after too
 * many attempts.
 */
export async function confirmSession(
  ctx: Context,
  { cache, keyRing }: Pick<Services, 'cache' | 'keyRing'>,
  given: { password?: string | undefined; code?: string | undefined; recovery_code?: string | undefined },
): Promise<void> {
  const { user_id, session_id } = sessionUser(ctx.actor);
  if (given.password !== undefined) await confirmPassword(ctx, cache, user_id, given.password);
  else {
    await countConfirmation(cache, user_id);
    if (!(await passesSecondFactor(ctx, keyRing, user_id, given)))
      throw new Problem(403, 'wrong_code', 'This code is not correct', 'Take the newest code of the app.', {
        errors: [{ field: 'code', code: 'wrong_code', message: 'This code is not correct. Take the newest one' }],
      });
  }
  await noteConfirmation(ctx, session_id);
}

async function countConfirmation(cache: Cache, user_id: string): Promise<void> {
  const counted = await cache.count(`confirm:${user_id}`, attempts_window_seconds, code_attempts_max);
  if (!counted.allowed) throw problems.rateLimited(counted.retryAfterSeconds);
}

export async function confirmPassword(ctx: Context, cache: Cache, user_id: string, password: string): Promise<void> {
  await countConfirmation(cache, user_id);
  if (!(await verifyPassword(await findPasswordHash(ctx, user_id), password)))
    throw new Problem(403, 'wrong_password', 'This is not your password', 'Enter your current password.', {
      errors: [{ field: 'password', code: 'wrong_password', message: 'This is not your current password' }],
    });
}
