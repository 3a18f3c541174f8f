import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const token_bytes_min = 16;

/** A random token for links, sessions and the like: base64url, by default 256 bits. */
export function randomToken(bytes = 32): string {
  if (bytes < token_bytes_min)
    throw new RangeError(`A token of ${bytes} bytes could be guessed; use at least ${token_bytes_min}`);
  return randomBytes(bytes).toString('base64url');
}

/** The hash that is stored of a token. Tokens are random, so a plain hash is enough; passwords need argon2. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** Compares secrets; the time reveals neither where they differ nor how long they are. */
export function equalSecrets(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
