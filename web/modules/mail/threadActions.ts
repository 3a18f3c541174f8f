import { attempt } from '../../platform/query/attempt.ts';
import { t } from '../../text/text.ts';
import { formatDateTime } from '../../ui/format.ts';
import { toast } from '../../ui/toast.ts';
import { changeThread, markThread, type Thread } from './mail.ts';

/** What the owner of a mailbox does with one of its conversations; all but reading can be undone from the toast. */
export interface ThreadActions {
  archive: () => void;
  toInbox: () => void;
  remove: () => void;
  junk: () => void;
  unread: () => void;
  snooze: (until: string | null) => void;
}

/**
 * `onGone`: it leaves the list that is shown, and what comes after it is shown in its place. `onLeft`: nobody reads it
 * any more.
 */
export function threadActions({ id }: Thread, onGone: () => void, onLeft: () => void): ThreadActions {
  const move = (to: 'inbox' | 'archive' | 'junk' | 'trash', back: 'inbox' | 'archive', done: string) => () => {
    onGone();
    void attempt(async () => {
      await changeThread(id, { move_to: to });
      toast(done, { action: { label: t('Undo'), run: () => void attempt(() => changeThread(id, { move_to: back })) } });
    });
  };
  return {
    archive: move('archive', 'inbox', t('Archived')),
    toInbox: move('inbox', 'archive', t('Moved to the inbox')),
    remove: move('trash', 'inbox', t('Moved to the trash')),
    junk: move('junk', 'inbox', t('Moved to junk')),
    unread: () => {
      onLeft();
      void attempt(() => markThread(id, true));
    },
    snooze: (until) => {
      onGone();
      void attempt(async () => {
        await changeThread(id, { snoozed_until: until });
        if (until === null) return;
        toast(t('Snoozed until {when}', { when: formatDateTime(until) }), {
          action: { label: t('Undo'), run: () => void attempt(() => changeThread(id, { snoozed_until: null })) },
        });
      });
    },
  };
}
