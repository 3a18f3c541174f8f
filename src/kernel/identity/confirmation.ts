import type { Cache } from '../cache/cache.ts';
import { Problem, problems } from '../errors/problem.ts';
import type { Context } from '../tenancy/context.ts';
import { attempts_window_seconds, code_attempts_max, recent_minutes } from './limits.ts';
import { verifyPassword } from './password/hash.ts';
import { findPasswordHash } from './password/queries.ts';
import { sessionUser } from './person.ts';
import { isRecentSession } from './session/queries.ts';

/**
 * Before a change of what protects an account: whoever finds a browser open must not be able to make it theirs. Good is the password
 * again, or to have signed in within the last minutes.
 */
export async function confirmPresence(ctx: Context, cache: Cache, password: string | undefined): Promise<void> {
  const { user_id, session_id } = sessionUser(ctx.actor);
  if (password !== undefined) return confirmPassword(ctx, cache, user_id, password);
  if (await isRecentSession(ctx, session_id, recent_minutes)) return;
  throw new Problem(
    403,
    'confirmation_needed',
    'Please confirm that it is you',
    `You signed in more than ${recent_minutes} minutes ago. Send your password too, or sign in again.`,
  );
}

export async function confirmPassword(ctx: Context, cache: Cache, user_id: string, password: string): Promise<void> {
  const counted = await cache.count(`confirm:${user_id}`, attempts_window_seconds, code_attempts_max);
  if (!counted.allowed) throw problems.rateLimited(counted.retryAfterSeconds);
  if (!(await verifyPassword(await findPasswordHash(ctx, user_id), password)))
    throw new Problem(403, 'wrong_password', 'This is not your password', 'Type your present password.', {
      errors: [{ field: 'password', code: 'wrong_password', message: 'This is not your present password' }],
    });
}
