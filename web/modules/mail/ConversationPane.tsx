import { ArrowLeft, Forward, Reply, ReplyAll } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useKey } from '../../platform/page/useKey.ts';
import { attempt } from '../../platform/query/attempt.ts';
import { queryClient } from '../../platform/query/queryClient.ts';
import { Loaded } from '../../platform/settings/Loaded.tsx';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { AboutPane } from './AboutPane.tsx';
import { confirmedAliases } from './alias/aliases.ts';
import { MessageCard } from './MessageCard.tsx';
import { contentQuery, type Mailbox, type Message, markThread, type Thread, useConversation } from './mail.ts';
import { type Draft, forwardOf, replyTo } from './outgoing.ts';
import { ThreadSharing } from './sharing/ThreadSharing.tsx';
import { ThreadToolbar } from './ThreadToolbar.tsx';
import type { ThreadActions } from './threadActions.ts';

interface ConversationPaneProps {
  thread: string | undefined;
  message: string | undefined;
  /** The caller's own mailboxes, from which answers go out. */
  own: readonly Mailbox[];
  /** As the list has it, if it is in the list. */
  listed: Thread | undefined;
  /** The folder of what has not been dealt with. */
  inbox: string | undefined;
  /** Of the owner of the mailbox alone. */
  actions: ThreadActions | null;
  onBack: () => void;
  onWrite: (draft: Draft) => void;
}

/** The messages of a conversation with the people and records that it is about. To show it is to have read it. */
export function ConversationPane(props: ConversationPaneProps) {
  const { thread, message, own, listed, inbox, actions, onBack, onWrite } = props;
  const conversation = useConversation({ thread, message });
  const isUnread = actions !== null && listed !== undefined && listed.unread > 0;
  const isRead = conversation.isSuccess;
  const id = listed?.id;
  useEffect(() => {
    if (isUnread && isRead && id) void attempt(() => markThread(id, false));
  }, [isUnread, isRead, id]);
  return (
    <div className="@container flex min-w-0 flex-1 flex-col">
      {actions && listed ? (
        <ThreadToolbar
          actions={actions}
          isInInbox={inbox !== undefined && listed.folders.includes(inbox)}
          isSnoozed={listed.snoozed_until !== null && listed.snoozed_until > new Date().toISOString()}
          onBack={onBack}
        />
      ) : (
        <div className="flex min-h-11 items-center border-b border-line px-2">
          <IconButton label={t('Back to the list')} keys="u" onClick={onBack}>
            <ArrowLeft size={16} className="rtl:-scale-x-100" />
          </IconButton>
        </div>
      )}
      <div className="min-h-0 flex-1 overflow-y-auto">
        <Loaded query={conversation} failed={t('The conversation could not be read')}>
          {(messages) =>
            messages.length === 0 ? (
              <EmptyState title={t('No mail of it is left')}>
                {t('It was deleted, or moved to a folder that is not imported.')}
              </EmptyState>
            ) : (
              <Conversation
                messages={messages}
                shown={message}
                own={own}
                thread={actions ? listed?.id : undefined}
                onWrite={onWrite}
              />
            )
          }
        </Loaded>
      </div>
    </div>
  );
}

interface ConversationProps extends Pick<ConversationPaneProps, 'own' | 'onWrite'> {
  messages: readonly Message[];
  /** The message that somebody came for. */
  shown: string | undefined;
  /** Of a mailbox of one's own. */
  thread: string | undefined;
}

function Conversation({ messages, shown, own, thread, onWrite }: ConversationProps) {
  const last = messages.at(-1)!;
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set([shown ?? last.id, last.id]));
  const toggle = (id: string) =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const answer = (all: boolean) =>
    attempt(async () => {
      const content = await queryClient.ensureQueryData(contentQuery(last.id));
      onWrite(replyTo(last, content, { own, aliases: await confirmedAliases(own) }, all));
    });
  const forward = () =>
    attempt(async () => {
      const content = await queryClient.ensureQueryData(contentQuery(last.id));
      onWrite(forwardOf(last, content, { own, aliases: await confirmedAliases(own) }));
    });
  const canAnswer = own.length > 0;
  useKey('r', canAnswer ? () => void answer(false) : null);
  useKey('a', canAnswer ? () => void answer(true) : null);
  useKey('f', canAnswer ? () => void forward() : null);
  return (
    <div className="flex flex-col @4xl:flex-row">
      <article aria-label={last.subject || t('No subject')} className="flex min-w-0 flex-1 flex-col gap-3 p-4">
        <h2 className="text-16 wrap-anywhere">
          <bdi>{messages[0]!.subject || t('No subject')}</bdi>
        </h2>
        {thread && <ThreadSharing thread={thread} />}
        {messages.map((each) => (
          <MessageCard key={each.id} message={each} isOpen={open.has(each.id)} onToggle={() => toggle(each.id)} />
        ))}
        {canAnswer && (
          <div className="flex flex-wrap gap-2">
            <Button icon={<Reply size={14} className="rtl:-scale-x-100" />} onClick={() => void answer(false)}>
              {t('Reply')}
            </Button>
            <Button icon={<ReplyAll size={14} className="rtl:-scale-x-100" />} onClick={() => void answer(true)}>
              {t('Reply to all')}
            </Button>
            <Button icon={<Forward size={14} className="rtl:-scale-x-100" />} onClick={() => void forward()}>
              {t('Forward')}
            </Button>
          </div>
        )}
      </article>
      <AboutPane messages={messages} />
    </div>
  );
}
