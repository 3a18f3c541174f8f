import { transaction_aborted } from '../database/batch.ts';

/**
 * Waits for statements that were sent together. The error of the first to fail is thrown; those after it in the
 * transaction only report that it was aborted.
 */
export async function settle(sent: (Promise<unknown> | undefined)[]): Promise<void> {
  const results = await Promise.allSettled(sent);
  const failed = results.filter((r) => r.status === 'rejected').map((r) => r.reason as { code?: string });
  if (failed.length > 0) throw failed.find((error) => error.code !== transaction_aborted) ?? failed[0];
}
