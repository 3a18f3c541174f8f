import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { problems } from '../../errors/problem.ts';

/** OWASP's recommendation for argon2id (the library's default kind): 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const waiting_max = 200;

/**
 * Hashing runs on other threads. One processor is left for everything else; when there are many sign-ins, they wait
 * here rather than allocate memory.
 */
const slots = pLimit(Math.max(1, availableParallelism() - 1));

function inSlot<Result>(work: () => Promise<Result>): Promise<Result> {
  if (slots.pendingCount >= waiting_max)
    throw problems.unavailable('Too many people are signing in at this moment. Try again in a few seconds.');
  return slots(work);
}

/** Equivalent Unicode forms are the same password (NFKC), however a keyboard composes them. */
const bytesOf = (password: string) => Buffer.from(password.normalize('NFKC'), 'utf8');

export function hashPassword(password: string): Promise<string> {
  return inSlot(() => hash(bytesOf(password), parameters));
}

/** The hash of a random password, so that an unknown account takes as long as a known one. */
let unknownHash: Promise<string> | undefined;

/** Whether the password matches; without a stored hash it never does, and takes the same time. */
export async function verifyPassword(storedHash: string | undefined, password: string): Promise<boolean> {
  unknownHash ??= hashPassword(crypto.randomUUID());
  const compared = storedHash ?? (await unknownHash);
  const fits = await inSlot(() => verify(compared, bytesOf(password)));
  return fits && storedHash !== undefined;
}
