import { Archive, ArrowLeft, Clock, Inbox, MailOpen, MoreHorizontal, Trash2 } from 'lucide-react';
import { t } from '../../text/text.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { snoozeChoices } from './snooze.ts';
import type { ThreadActions } from './threadActions.ts';

interface ThreadToolbarProps {
  actions: ThreadActions;
  isInInbox: boolean;
  isSnoozed: boolean;
  onBack: () => void;
}

/** What one does with the conversation that is shown. Each has a key, as mail programs have it. */
export function ThreadToolbar({ actions, isInInbox, isSnoozed, onBack }: ThreadToolbarProps) {
  return (
    <div
      role="toolbar"
      aria-label={t('Conversation')}
      className="flex min-h-11 items-center gap-0.5 border-b border-line px-2"
    >
      <IconButton label={t('Back to the list')} keys="u" onClick={onBack}>
        <ArrowLeft size={16} className="rtl:-scale-x-100" />
      </IconButton>
      <span aria-hidden="true" className="mx-1 h-5 w-px bg-line" />
      {isInInbox ? (
        <IconButton label={t('Archive conversation')} keys="e" onClick={actions.archive}>
          <Archive size={16} />
        </IconButton>
      ) : (
        <IconButton label={t('Move to the inbox')} onClick={actions.toInbox}>
          <Inbox size={16} />
        </IconButton>
      )}
      <IconButton label={t('Delete')} keys="#" onClick={actions.remove}>
        <Trash2 size={16} />
      </IconButton>
      <Menu
        trigger={
          <IconButton label={t('Snooze')} keys="b">
            <Clock size={16} />
          </IconButton>
        }
        header={<span className="text-12 text-muted">{t('Returns to the inbox')}</span>}
        actions={[
          ...snoozeChoices().map(({ label, until }) => ({ label, onSelect: () => actions.snooze(until) })),
          ...(isSnoozed ? [{ label: t('Now'), group: true as const, onSelect: () => actions.snooze(null) }] : []),
        ]}
      />
      <IconButton label={t('Mark as unread')} keys="shift u" onClick={actions.unread}>
        <MailOpen size={16} />
      </IconButton>
      <Menu
        trigger={
          <IconButton label={t('More')}>
            <MoreHorizontal size={16} />
          </IconButton>
        }
        actions={[{ label: t('Move to junk'), onSelect: actions.junk }]}
      />
    </div>
  );
}
