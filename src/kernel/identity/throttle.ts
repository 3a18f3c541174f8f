import { createHash } from 'node:crypto';
import type { Cache } from '../cache/cache.ts';
import { clientNetwork } from '../client-address.ts';
import { problems } from '../errors/problem.ts';
import { account_attempts_max, address_attempts_max, attempts_window_seconds, pair_attempts_max } from './limits.ts';

/**
 * Counts an attempt to sign in, successful or not, for any account, and refuses too many. The narrowest limit is for an
 * account from one IP address; that of the account is wider, so that a stranger's few guesses lock nobody out, and an
 * attacker with many addresses still fails. What the narrowest refuses is not counted further: else one address could
 * use up the wider limit and lock the account's owner out. `account` is the normal form of an address, so that all its
 * spellings share their counters.
 */
export async function countAttempt(cache: Cache, account: string, ip: string): Promise<void> {
  // Hashed, because counters may be in Redis, which must not hold e-mail addresses.
  const who = createHash('sha256').update(account).digest('base64url');
  const network = clientNetwork(ip);
  const pair = await cache.count(`sign-in:pair:${who}:${network}`, attempts_window_seconds, pair_attempts_max);
  if (!pair.allowed) throw problems.rateLimited(pair.retryAfterSeconds);
  const results = await Promise.all([
    cache.count(`sign-in:account:${who}`, attempts_window_seconds, account_attempts_max),
    cache.count(`sign-in:address:${network}`, attempts_window_seconds, address_attempts_max),
  ]);
  const refused = results.filter(({ allowed }) => !allowed);
  if (refused.length > 0) throw problems.rateLimited(Math.max(...refused.map((r) => r.retryAfterSeconds)));
}

/** Counts a sign-in against its address, for ways to sign in whose account is known only after the check. */
export async function countAddress(cache: Cache, ip: string): Promise<void> {
  const { allowed, retryAfterSeconds } = await cache.count(
    `sign-in:address:${clientNetwork(ip)}`,
    attempts_window_seconds,
    address_attempts_max,
  );
  if (!allowed) throw problems.rateLimited(retryAfterSeconds);
}
