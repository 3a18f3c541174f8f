import pLimit from 'p-limit';
import { formatNumber } from '../ui/format.ts';
import { toast } from '../ui/toast.ts';
import { api } from './api.ts';
import { attempt } from './attempt.ts';
import { messageOf } from './problem.ts';
import { type Change, leftOf, refresh } from './undo.ts';

const reversals_at_once_max = 6;

/** One button that takes back what several requests did, and then gives it again. */
export const changesUndo = (changes: readonly string[]) => action(changes, 'Undo');

const action = (changes: readonly string[], label: 'Undo' | 'Redo') => ({
  label,
  run: () => void attempt(() => reverse(changes, label)),
});

async function reverse(changes: readonly string[], label: 'Undo' | 'Redo'): Promise<void> {
  const limit = pLimit(reversals_at_once_max);
  const answers = await Promise.allSettled(
    changes.map((id) => limit(() => api.post<Change>(`/changes/${id}/reversal`))),
  );
  await refresh();
  const done = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const failed = answers.flatMap((answer) => (answer.status === 'rejected' ? [messageOf(answer.reason)] : []));
  const left = done.map(leftOf).find((each) => each !== undefined);
  const refusal = failed[0] && `${formatNumber(failed.length)} of ${formatNumber(changes.length)} not: ${failed[0]}`;
  toast(label === 'Undo' ? 'Taken back' : 'Redone', {
    kind: refusal ? 'error' : 'info',
    description: [refusal, left].filter(Boolean).join(' ') || undefined,
    action:
      done.length > 0
        ? action(
            done.map(({ id }) => id),
            label === 'Undo' ? 'Redo' : 'Undo',
          )
        : undefined,
  });
}
