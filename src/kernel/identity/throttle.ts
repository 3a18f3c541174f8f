import { createHash } from 'node:crypto';
import type { Cache } from '../cache/cache.ts';
import { problems } from '../errors/problem.ts';
import { account_attempts_max, address_attempts_max, attempts_window_seconds, pair_attempts_max } from './limits.ts';

/**
 * Counts an attempt to sign in, right or wrong, known account or not, and refuses one too many. The tight limit is on an account
 * from one address; the account's own is wider, so that nobody is locked out by a stranger's few guesses and a guesser with many
 * addresses still gets nowhere. `account` is the normal form of an address, so that all spellings which open an account share its counters.
 */
export async function countAttempt(cache: Cache, account: string, ip: string): Promise<void> {
  // Hashed: counters may live in Redis, where no e-mail address has a place.
  const who = createHash('sha256').update(account).digest('base64url');
  const results = await Promise.all([
    cache.count(`sign-in:pair:${who}:${ip}`, attempts_window_seconds, pair_attempts_max),
    cache.count(`sign-in:account:${who}`, attempts_window_seconds, account_attempts_max),
    cache.count(`sign-in:address:${ip}`, attempts_window_seconds, address_attempts_max),
  ]);
  const refused = results.filter(({ allowed }) => !allowed);
  if (refused.length > 0) throw problems.rateLimited(Math.max(...refused.map((r) => r.retryAfterSeconds)));
}

/** For ways of signing in that name no account before they are checked. */
export async function countAddress(cache: Cache, ip: string): Promise<void> {
  const { allowed, retryAfterSeconds } = await cache.count(
    `sign-in:address:${ip}`,
    attempts_window_seconds,
    address_attempts_max,
  );
  if (!allowed) throw problems.rateLimited(retryAfterSeconds);
}
