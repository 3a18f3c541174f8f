import { toProblem } from '../http/errors.ts';
import type { FileStore } from './file-store.ts';

/** An error of the installation, which answers 500, and yet a statement that did nothing. */
const missing_privilege = '42501';

/**
 * Deletes stored bytes whose row could not be written. When the connection broke during the commit, the row may exist,
 * so the bytes stay: bytes without a row cost space, a row without bytes is a loss.
 */
export async function abandonFiles(store: FileStore, keys: readonly string[], error: unknown): Promise<void> {
  const problem = toProblem(error);
  const isRefused = (error as { code?: unknown } | undefined)?.code === missing_privilege;
  if (!isRefused && (!problem || problem.status >= 500)) return;
  for (const key of keys) await store.delete(key);
}
