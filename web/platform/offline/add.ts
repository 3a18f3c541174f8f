import type { Changed } from '../query/api.ts';
import { isUnreachable } from '../query/problem.ts';
import { newRecord, withWaiting } from './overlay.ts';
import { sendLater } from './send.ts';
import { addWaiting, namesRecord, type PendingMutation, waiting } from './waiting.ts';

type Addition = Omit<PendingMutation, 'at' | 'sent_at' | 'state'>;

/**
 * Sends a change; when the server cannot be reached, or an earlier change of the same record still waits, it waits too.
 */
export async function addChange<T>(
  addition: Addition,
  send: () => Promise<Changed<T>>,
): Promise<Changed<T> & { waits?: true }> {
  let sent_at: number | null = null;
  if (!hangsOnWaiting(addition)) {
    sent_at = navigator.onLine ? Date.now() : null;
    try {
      return await send();
    } catch (error) {
      if (!isUnreachable(error)) throw error;
    }
  }
  const entry: PendingMutation = { ...addition, at: Date.now(), sent_at, state: 'waiting' };
  await addWaiting(entry);
  if (navigator.onLine) sendLater();
  const seen = { ...entry.record, id: entry.record_id };
  const data = entry.kind === 'create' ? newRecord(entry) : withWaiting(seen, [entry]);
  return { data: data as T, change: null, waits: true };
}

function hangsOnWaiting({ record_id, body }: Addition): boolean {
  return waiting().some((entry) => entry.record_id === record_id || namesRecord({ record_id, body }, entry.record_id));
}
