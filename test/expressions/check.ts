import { createRequire } from 'node:module';
import type { checkSync } from 'recheck';

// The checker in JavaScript alone: the package prefers a native program of its own, which not every machine has, and
// which would stay.
const recheck = createRequire(import.meta.url)('recheck/lib/browser.js') as { checkSync: typeof checkSync };

/**
 * Undefined for an expression whose time grows no faster than the text; otherwise how fast, or that this could not be
 * found out in time.
 */
export function growthOf({ pattern, flags }: { pattern: string; flags: string }, ms: number): string | undefined {
  const found = recheck.checkSync(pattern, flags, { timeout: ms });
  if (found.status === 'safe') return undefined;
  return found.status === 'unknown' ? `not known after ${ms / 1_000} s` : found.complexity.summary;
}
