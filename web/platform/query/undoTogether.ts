import pLimit from 'p-limit';
import { t } from '../../text/text.ts';
import { toast } from '../../ui/toast.ts';
import { attempt } from './attempt.ts';
import { messageOf } from './problem.ts';
import { leftOf, refresh, sendReversal } from './undo.ts';

const reversals_at_once_max = 6;

/** One button that takes back what several requests did, and then gives it again. */
export const changesUndo = (changes: readonly string[]) => action(changes, 'undo');

type Way = 'undo' | 'redo';

const action = (changes: readonly string[], way: Way) => ({
  label: way === 'undo' ? t('Undo') : t('Redo'),
  run: () => void attempt(() => reverse(changes, way)),
});

async function reverse(changes: readonly string[], way: Way): Promise<void> {
  const limit = pLimit(reversals_at_once_max);
  const answers = await Promise.allSettled(changes.map((id) => limit(() => sendReversal(id))));
  await refresh();
  const done = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const failed = answers.flatMap((answer) => (answer.status === 'rejected' ? [messageOf(answer.reason)] : []));
  const left = (await Promise.all(done.map(leftOf))).find((each) => each !== undefined);
  const refusal =
    failed[0] &&
    t('{failed, number} of {all, number} failed: {reason}', {
      failed: failed.length,
      all: changes.length,
      reason: failed[0],
    });
  toast(way === 'undo' ? t('Undone') : t('Redone'), {
    kind: refusal ? 'error' : 'info',
    description: [refusal, left].filter(Boolean).join(' ') || undefined,
    action:
      done.length > 0
        ? action(
            done.map(({ id }) => id),
            way === 'undo' ? 'redo' : 'undo',
          )
        : undefined,
  });
}
