import { toProblem } from '../http/errors.ts';
import type { FileStore } from './file-store.ts';

/**
 * What to do with stored bytes when their row could not be written: they go when it surely is not there. When nobody knows, because the
 * connection broke while it was being committed, they stay: bytes that no row names cost room, a row without its bytes is a loss.
 */
export async function abandonFiles(store: FileStore, keys: readonly string[], error: unknown): Promise<void> {
  const problem = toProblem(error);
  if (!problem || problem.status >= 500) return;
  for (const key of keys) await store.delete(key);
}
