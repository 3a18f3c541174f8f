import { useNavigate, useSearch } from '@tanstack/react-router';
import { Mail, Pencil, Plus } from 'lucide-react';
import { useState } from 'react';
import { PageBar } from '../../platform/page/PageBar.tsx';
import { useKey } from '../../platform/page/useKey.ts';
import { usePageTitle } from '../../platform/page/usePageTitle.ts';
import { useMay, useSession } from '../../platform/session/session.tsx';
import { Loaded } from '../../platform/settings/Loaded.tsx';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useNarrow } from '../../ui/media.ts';
import { ComposeDialog } from './ComposeDialog.tsx';
import { ConnectDialog } from './ConnectDialog.tsx';
import { ConversationPane } from './ConversationPane.tsx';
import { FolderMenu, FolderPane } from './FolderPane.tsx';
import { type Mailbox, useFolders, useMailboxes, useOwnThread, useThreads, useUnlistedThread } from './mail.ts';
import type { MailSearch } from './mailSearch.ts';
import { OutboxPane } from './OutboxPane.tsx';
import { type Draft, emptyDraft } from './outgoing.ts';
import { snoozeChoices } from './snooze.ts';
import { ThreadPane } from './ThreadPane.tsx';
import { threadActions } from './threadActions.ts';

/** Mailboxes with their folders, the conversations in one, and one of them; on a phone one of these at a time. */
export default function MailPage() {
  usePageTitle(t('Mail'));
  const mailboxes = useMailboxes();
  return (
    <Loaded query={mailboxes} failed={t('Your mail could not be read')}>
      {(rows) => (rows.length === 0 ? <NoMailbox /> : <Panes mailboxes={rows} />)}
    </Loaded>
  );
}

function NoMailbox() {
  const may = useMay();
  const [connecting, setConnecting] = useState(false);
  return (
    <>
      <EmptyState
        page
        icon={<Mail size={18} />}
        title={t('No mailbox yet')}
        action={
          may('mailbox', 'create') && (
            <Button emphasis="primary" icon={<Plus size={14} />} onClick={() => setConnecting(true)}>
              {t('Connect a mailbox')}
            </Button>
          )
        }
      >
        {t('Connect yours to see its conversations here and with the people in them. Others only see what you share.')}
      </EmptyState>
      {connecting && <ConnectDialog onClose={() => setConnecting(false)} />}
    </>
  );
}

function Panes({ mailboxes }: { mailboxes: readonly Mailbox[] }) {
  const search = useSearch({ from: '/shell/mail' });
  const go = useNavigate();
  const { user } = useSession();
  const may = useMay();
  const narrow = useNarrow();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [connecting, setConnecting] = useState<Mailbox | 'new' | null>(null);
  const [unread, setUnread] = useState(false);
  const own = mailboxes.filter(({ owner_id }) => owner_id === user.id);
  const linked = useOwnThread(search.thread ? undefined : search.message).data;
  const opened = search.thread ?? linked?.id;
  const named = linked?.mailbox_id ?? search.mailbox;
  const chosen = mailboxes.find(({ id }) => id === named) ?? own[0] ?? mailboxes[0]!;
  const isOwn = chosen.owner_id === user.id;
  const folders = useFolders(chosen.id);
  const inbox = folders.data?.data.find(({ role }) => role === 'inbox');
  const folder = search.folder ?? (search.view || search.q ? undefined : inbox?.id);
  const threads = useThreads({
    mailbox: chosen.id,
    folder,
    unread,
    snoozed: search.view === 'snoozed',
    q: search.q,
    enabled: folders.data !== undefined && search.view !== 'outbox',
  });
  const at = threads.rows.findIndex(({ id }) => id === opened);
  const unlisted = useUnlistedThread(at < 0 && threads.isSuccess && isOwn ? opened : undefined);
  const current = threads.rows[at] ?? (unlisted.data?.mailbox_id === chosen.id ? unlisted.data : undefined);
  const isOpen = search.thread !== undefined || search.message !== undefined;
  const show = (next: MailSearch) => void go({ to: '/mail', search: next });
  const { thread: _, message: __, ...rest } = search;
  const list = linked ? { ...rest, mailbox: linked.mailbox_id } : rest;
  const toList = () => show(list);
  const toThread = (id: string) => show({ ...list, mailbox: chosen.id, thread: id });
  /** Whoever goes through the list goes on with the next; on a phone one is back in the list. */
  const toNext = () => {
    const next = narrow || at < 0 ? undefined : (threads.rows[at + 1] ?? threads.rows[at - 1]);
    if (next) toThread(next.id);
    else toList();
  };
  const actions = isOwn && current ? threadActions(current, toNext, toList) : null;
  const from = own.find(({ id }) => id === chosen.id) ?? own[0];
  const write = from && may('mailbox', 'update') ? () => setDraft(emptyDraft(from.id)) : null;
  useKey('c', write);
  useKey('u', isOpen ? toList : null);
  useKey('e', actions?.archive ?? null);
  useKey('#', actions?.remove ?? null);
  useKey('b', actions ? () => actions.snooze(snoozeChoices()[1]!.until) : null);
  useKey('U', actions?.unread ?? null);

  const shown = { ...search, folder, thread: opened };
  const menu = {
    mailboxes: [...own, ...mailboxes.filter((one) => !own.includes(one))],
    chosen,
    search: shown,
    onShow: show,
    onConnect: setConnecting,
  };
  return (
    <>
      <PageBar
        title={<h1 className="truncate">{t('Mail')}</h1>}
        views={
          !(narrow && isOpen) && (
            <div className="flex min-w-0 items-center xl:hidden">
              <FolderMenu {...menu} />
            </div>
          )
        }
        actions={
          write && (
            <Button emphasis="primary" icon={<Pencil size={14} />} onClick={write}>
              <span className="max-sm:sr-only">{t('Write')}</span>
            </Button>
          )
        }
      />
      <div className="flex min-h-0 flex-1 bg-surface">
        <FolderPane {...menu} />
        {!(narrow && isOpen) &&
          (search.view === 'outbox' ? (
            <OutboxPane mailbox={chosen} onWrite={setDraft} />
          ) : (
            <ThreadPane
              mailbox={chosen}
              search={shown}
              threads={threads}
              folder={folders.data?.data.find(({ id }) => id === folder)}
              unread={unread}
              onUnread={setUnread}
              onShow={show}
              onGone={(thread) => thread.id === opened && toNext()}
              onConnect={() => setConnecting(chosen)}
            />
          ))}
        {isOpen ? (
          <ConversationPane
            key={search.thread ?? search.message}
            thread={search.thread}
            message={search.message}
            listed={current}
            inbox={inbox?.id}
            actions={actions}
            own={own}
            onBack={toList}
            onWrite={setDraft}
          />
        ) : (
          !narrow && (
            <div className="flex min-w-0 flex-1 items-center justify-center">
              <EmptyState icon={<Mail size={18} />} title={t('No conversation selected')}>
                {t('Select one, or press J and K to move through the list.')}
              </EmptyState>
            </div>
          )
        )}
      </div>
      {draft && <ComposeDialog draft={draft} from={own} onUndone={setDraft} onClose={() => setDraft(null)} />}
      {connecting && (
        <ConnectDialog
          mailbox={connecting === 'new' ? undefined : connecting}
          onClose={() => setConnecting(null)}
          onConnected={(mailbox) => show({ mailbox })}
        />
      )}
    </>
  );
}
