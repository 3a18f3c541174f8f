import type { Query } from '@tanstack/react-query';
import type { Change } from '../../../src/platform/change/contract.ts';
import { afterWords } from '../../text/lazy.ts';
import { t, translateServerText } from '../../text/text.ts';
import { progressToast, toast } from '../../ui/toast.ts';
import { api } from './api.ts';
import { attempt } from './attempt.ts';
import { lookAgain } from './lookAgain.ts';
import { ApiError } from './problem.ts';
import { queryClient } from './queryClient.ts';

/** A change of many records, or the taking back of a change. */
export type { Change };

export const hasEnded = ({ state }: Pick<Change, 'state'>) => state !== 'waiting' && state !== 'running';

/** Says what was done, with the way back, and with `open` the way to what it made. */
export function offerUndo(title: string, change: string | null, description?: string, open?: () => void): void {
  toast(title, {
    description,
    open: open && { label: t('Open it'), run: open },
    action: change
      ? { label: t('Undo'), run: () => void attempt(() => turn(change, undefined, undoing, title)) }
      : undefined,
  });
}

/** Takes a change back, as a whole or of one record, and offers to have it again. Throws what the server refuses. */
export async function takeBack(change: string, recordId?: string): Promise<void> {
  await turn(change, recordId, undoing);
}

/** Has the server take a change back, as a whole or of one record. A refusal says all that stood in the way. */
export async function sendReversal(change: string, recordId?: string): Promise<Change> {
  try {
    return await api.post(`/changes/${change}/reversal${recordId ? `?record_id=${recordId}` : ''}`);
  } catch (error) {
    if (!(error instanceof ApiError) || error.problem.skipped.length === 0) throw error;
    const reasons = (await loadSkips()).reasonsOf(error.problem.skipped);
    throw new ApiError({ ...error.problem, detail: [...reasons, t('Nothing was changed.')].join(' ') });
  }
}

/** What a turn says while it runs and when it is done, and what its own way back is called. */
const undoing = {
  doing: t('Undoing'),
  done: t('Undone'),
  said: (what: string) => t('Undone: {what}', { what }),
  again: t('Redo'),
};
const redoing = {
  doing: t('Redoing'),
  done: t('Redone'),
  said: (what: string) => t('Redone: {what}', { what }),
  again: t('Undo'),
};

/** `what`: that which is turned, as was said when it was done. */
async function turn(change: string, recordId: string | undefined, words: typeof undoing, what?: string): Promise<void> {
  const started = await sendReversal(change, recordId);
  const ended = hasEnded(started) ? started : await follow(started, words.doing);
  await refresh();
  const next = words === undoing ? redoing : undoing;
  const done = what === undefined ? words.done : words.said(what);
  toast(ended.state === 'done' ? done : stopped(ended), {
    description: await leftOf(ended),
    action: { label: words.again, run: () => void attempt(() => turn(ended.id, undefined, next, what)) },
  });
}

export const cancel = (id: string): Promise<Change> => api.post(`/changes/${id}/cancellation`);

const poll_ms = 400;

/** Shows how far a change is, with the way to stop it, until it has ended. */
export async function follow(started: Change, title: string): Promise<Change> {
  const shown = progressToast(title, {
    label: t('Stop'),
    run: () => void attempt(() => cancel(started.id)),
  });
  try {
    for (let change = started; ; ) {
      if (hasEnded(change)) return change;
      shown.set(t('{done, number} of {total, number}', { done: change.done, total: change.total }), share(change));
      await new Promise((resolve) => setTimeout(resolve, poll_ms));
      change = (await lookAgain(() => api.get<Change>(`/changes/${started.id}`))) ?? change;
    }
  } finally {
    shown.close();
  }
}

const share = ({ done, total }: Change) => (total === 0 ? null : (done / total) * 100);

export function stopped({ state, error }: Change): string {
  return state === 'cancelled'
    ? t('Stopped before the end')
    : t('It failed: {reason}', { reason: error ? translateServerText(error) : t('something went wrong') });
}

/** What was left as it is, in words; nothing when nothing was. */
export async function leftOf(change: Change): Promise<string | undefined> {
  return change.skipped_samples.length > 0 ? (await loadSkips()).leftWords(change) : undefined;
}

/** It is seldom asked for, and brings the words of all fields. */
const loadSkips = afterWords(() => import('../record/skips.ts'));

const isRecord = ({ queryKey }: Query) => queryKey[1] === 'one';
const listeners = new Set<() => void>();

/** A change may have touched anything that is on screen. */
export async function refresh(): Promise<void> {
  const others = queryClient.invalidateQueries({ predicate: (query) => !isRecord(query) });
  await queryClient.invalidateQueries({ predicate: isRecord });
  for (const listener of listeners) listener();
  await others;
}

/**
 * Calls back when open records have been read again after such a change: one that is gone now was taken away from here.
 */
export function onRefreshed(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
