/**
 * Waits for statements sent in one go. The first to fail is the cause; those behind it in the same transaction only say that it was aborted.
 */
export async function settle(sent: (Promise<unknown> | undefined)[]): Promise<void> {
  const results = await Promise.allSettled(sent);
  const failed = results.filter((r) => r.status === 'rejected').map((r) => r.reason as { code?: string });
  const aborted = '25P02';
  if (failed.length > 0) throw failed.find((error) => error.code !== aborted) ?? failed[0];
}
