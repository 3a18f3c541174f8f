import { Link } from '@tanstack/react-router';
import { Archive, Clock, Inbox, Paperclip, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useKey } from '../../platform/page/useKey.ts';
import { api } from '../../platform/query/api.ts';
import { attempt } from '../../platform/query/attempt.ts';
import { NotRead } from '../../platform/record/RelatedList.tsx';
import { useSession } from '../../platform/session/session.tsx';
import { Loaded } from '../../platform/settings/Loaded.tsx';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { cx } from '../../ui/cx.ts';
import { DateText } from '../../ui/DateText.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { IconButton } from '../../ui/IconButton.tsx';
import { SearchInput } from '../../ui/SearchInput.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { useDebounced } from '../../ui/useDebounced.ts';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { type Folder, type Mailbox, refreshMail, type Thread, type Threads } from './mail.ts';
import type { MailSearch } from './mailSearch.ts';
import { snoozeChoices } from './snooze.ts';
import { type ThreadActions, threadActions } from './threadActions.ts';

interface ThreadPaneProps {
  mailbox: Mailbox;
  search: MailSearch;
  threads: Threads;
  folder: Folder | undefined;
  unread: boolean;
  onUnread: (unread: boolean) => void;
  onShow: (search: MailSearch) => void;
  onGone: (thread: Thread) => void;
  onConnect: () => void;
}

/** The conversations of a folder, the newest first, to be gone through by keyboard: j and k, Enter or o. */
export function ThreadPane(props: ThreadPaneProps) {
  const { mailbox, search, threads, folder, unread, onUnread, onShow, onGone, onConnect } = props;
  const { user } = useSession();
  const isOwn = mailbox.owner_id === user.id;
  const { rows } = threads;
  const list = useRef<HTMLUListElement>(null);
  const at = rows.findIndex(({ id }) => id === search.thread);
  const move = (by: number) => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (!next) return;
    onShow({ ...search, mailbox: mailbox.id, thread: next.id, message: undefined });
    list.current?.querySelector<HTMLElement>(`[data-thread="${next.id}"]`)?.focus();
  };
  useKey('j', () => move(1));
  useKey('k', () => move(-1));
  useKey('o', () => list.current?.querySelector<HTMLElement>(':focus')?.click());

  const query = { ...threads, data: threads.data && rows };
  return (
    <section
      aria-label={t('Conversations')}
      className="flex min-w-0 flex-col border-line max-md:flex-1 md:w-80 md:shrink-0 md:border-e"
    >
      <header className="flex min-h-11 items-center gap-2 border-b border-line px-3 py-1.5">
        <WordSearch key={mailbox.id} search={search} mailbox={mailbox} onShow={onShow} />
        <Segments
          label={t('Which conversations')}
          options={[
            { value: 'all', label: t('All') },
            { value: 'unread', label: t('Unread') },
          ]}
          value={unread ? 'unread' : 'all'}
          onChange={(value) => onUnread(value === 'unread')}
        />
      </header>
      {isOwn && <ConnectionNotice mailbox={mailbox} onConnect={onConnect} />}
      <div className="min-h-0 flex-1 overflow-y-auto">
        <Loaded query={query} failed={t('The conversations could not be read')}>
          {(shown) =>
            shown.length === 0 ? (
              <NoThreads folder={folder} isOwn={isOwn} sharing={mailbox.sharing} unread={unread} search={search} />
            ) : (
              <>
                <ul ref={list} className="divide-y divide-line">
                  {shown.map((thread) => (
                    <ThreadRow
                      key={thread.id}
                      thread={thread}
                      isCurrent={thread.id === search.thread}
                      search={{ ...search, mailbox: mailbox.id, thread: thread.id, message: undefined }}
                      actions={
                        isOwn
                          ? threadActions(
                              thread,
                              () => onGone(thread),
                              () => onGone(thread),
                            )
                          : null
                      }
                    />
                  ))}
                </ul>
                {threads.isFetchNextPageError && <NotRead />}
                {threads.hasNextPage && !threads.isFetchNextPageError && (
                  <Button
                    className="m-3"
                    busy={threads.isFetchingNextPage}
                    onClick={() => void threads.fetchNextPage()}
                  >
                    {t('Show older')}
                  </Button>
                )}
              </>
            )
          }
        </Loaded>
      </div>
    </section>
  );
}

const settles_ms = 300;

/** Words that are looked for in all folders of the mailbox. The key / leads here. */
function WordSearch({ search, mailbox, onShow }: Pick<ThreadPaneProps, 'search' | 'mailbox' | 'onShow'>) {
  const [typed, setTyped] = useState(search.q ?? '');
  const settled = useDebounced(typed.trim(), settles_ms);
  const latest = useRef({ search, onShow });
  latest.current = { search, onShow };
  useEffect(() => {
    const now = latest.current;
    if (settled === (now.search.q ?? '')) return;
    now.onShow(settled ? { mailbox: mailbox.id, q: settled } : { mailbox: mailbox.id });
  }, [settled, mailbox.id]);
  // Whoever goes to a folder has done with the search.
  useEffect(() => {
    if (!search.q) setTyped('');
  }, [search.q]);
  return (
    <SearchInput
      data-search-of-page
      className="min-w-0 flex-1"
      aria-label={t('Search this mailbox')}
      placeholder={t('Search')}
      value={typed}
      onValueChange={setTyped}
    />
  );
}

interface ThreadRowProps {
  thread: Thread;
  search: MailSearch;
  isCurrent: boolean;
  actions: ThreadActions | null;
}

function ThreadRow({ thread, search, isCurrent, actions }: ThreadRowProps) {
  const isUnread = thread.unread > 0;
  const isSnoozed = thread.snoozed_until !== null && thread.snoozed_until > new Date().toISOString();
  return (
    <li className="group/thread relative">
      <Link
        to="/mail"
        search={search}
        data-thread={thread.id}
        activeOptions={{ exact: true, explicitUndefined: true }}
        aria-current={isCurrent ? 'page' : undefined}
        className="block py-2.5 ps-6 pe-3 -outline-offset-2 hover:bg-hover aria-[current=page]:bg-pressed"
      >
        {isUnread && <span aria-hidden="true" className="absolute start-2.5 top-4 size-1.5 rounded-full bg-accent" />}
        <span className="flex items-baseline gap-2">
          <bdi className={cx('min-w-0 flex-1 truncate text-13', isUnread ? 'font-semibold' : 'text-muted')}>
            {isUnread && <span className="sr-only">{t('Unread')} </span>}
            {thread.participants || t('Nobody')}
            {thread.messages > 1 && (
              <span className="ms-1.5 text-12 font-normal tabular-nums text-faint">{thread.messages}</span>
            )}
          </bdi>
          {thread.has_files && <Paperclip size={12} role="img" aria-label={t('With files')} className="text-muted" />}
          <DateText
            value={isSnoozed ? thread.snoozed_until : thread.shown_at}
            className="shrink-0 text-12 text-muted"
          />
        </span>
        <bdi className={cx('block truncate text-13', isUnread && 'font-medium')}>
          {thread.subject || t('No subject')}
        </bdi>
        <bdi className="block truncate text-12 text-muted">{thread.snippet}</bdi>
      </Link>
      {actions && (
        <div className="absolute end-2 top-1.5 hidden gap-0.5 rounded-md border border-line bg-surface p-0.5 pointer-fine:group-hover/thread:flex">
          <IconButton label={t('Archive conversation')} size="small" tabIndex={-1} onClick={actions.archive}>
            <Archive size={14} />
          </IconButton>
          <IconButton label={t('Delete')} size="small" tabIndex={-1} onClick={actions.remove}>
            <Trash2 size={14} />
          </IconButton>
          <IconButton
            label={t('Snooze until tomorrow')}
            size="small"
            tabIndex={-1}
            onClick={() => actions.snooze(snoozeChoices()[1]!.until)}
          >
            <Clock size={14} />
          </IconButton>
        </div>
      )}
    </li>
  );
}

interface NoThreadsProps {
  folder: Folder | undefined;
  isOwn: boolean;
  sharing: Mailbox['sharing'];
  unread: boolean;
  search: MailSearch;
}

/** Why there is nothing, and the way out. */
function NoThreads({ folder, isOwn, sharing, unread, search }: NoThreadsProps) {
  if (search.q)
    return (
      <EmptyState icon={<Inbox size={18} />} title={t('Nothing found')}>
        {isOwn && t('“Why is this mail not here?” in the mailbox menu shows what happened to each message.')}
      </EmptyState>
    );
  if (search.view === 'snoozed')
    return (
      <EmptyState icon={<Clock size={18} />} title={t('Nothing snoozed')}>
        {t('A conversation that you snooze waits here, and comes back to the inbox at its time.')}
      </EmptyState>
    );
  if (unread) return <EmptyState icon={<Inbox size={18} />} title={t('All read')} />;
  if (!isOwn && sharing !== 'all')
    return (
      <EmptyState icon={<Inbox size={18} />} title={t('Not shared with you')}>
        {t('Its owner shares who wrote to whom, or the subjects. They stand beside the people they are with.')}
      </EmptyState>
    );
  if (folder && !folder.is_chosen)
    return (
      <EmptyState
        icon={<Inbox size={18} />}
        title={t('This folder is not imported')}
        action={isOwn && <ImportFolder folder={folder} />}
      >
        {t('Import it to get all its mail, including older mail.')}
      </EmptyState>
    );
  return (
    <EmptyState icon={<Inbox size={18} />} title={t('No mail here')}>
      {isOwn && t('“Why is this mail not here?” in the mailbox menu shows what happened to each message.')}
    </EmptyState>
  );
}

const ImportFolder = ({ folder }: { folder: Folder }) => (
  <Button
    onClick={() =>
      void attempt(async () => {
        await api.patch(`/mail-folders/${folder.id}`, { is_chosen: true });
        await refreshMail();
      })
    }
  >
    {t('Import this folder')}
  </Button>
);
