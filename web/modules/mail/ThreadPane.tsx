import { Link } from '@tanstack/react-router';
import { Inbox, Paperclip } from 'lucide-react';
import { useRef, useState } from 'react';
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
import { Segments } from '../../ui/Segments.tsx';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { type Folder, type Mailbox, refreshMail, type Thread, useFolders, useThreads } from './mail.ts';
import type { MailSearch } from './mailSearch.ts';

interface ThreadPaneProps {
  mailbox: Mailbox;
  search: MailSearch;
  onShow: (search: MailSearch) => void;
  onConnect: () => void;
}

/** The conversations of a folder, the newest first, to be gone through by keyboard: j and k, Enter or o. */
export function ThreadPane({ mailbox, search, onShow, onConnect }: ThreadPaneProps) {
  const { user } = useSession();
  const isOwn = mailbox.owner_id === user.id;
  const [unread, setUnread] = useState(false);
  const folder = useFolders(mailbox.id).data?.find(({ id }) => id === search.folder);
  const threads = useThreads(mailbox.id, search.folder, unread);
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
      className="flex min-w-0 flex-col border-line max-md:flex-1 md:w-90 md:shrink-0 md:border-e"
    >
      <header className="flex min-h-11 items-center justify-between gap-2 border-b border-line px-3">
        <Segments
          label={t('Which conversations')}
          options={[
            { value: 'all', label: t('All') },
            { value: 'unread', label: t('Unread') },
          ]}
          value={unread ? 'unread' : 'all'}
          onChange={(value) => setUnread(value === 'unread')}
        />
      </header>
      {isOwn && <ConnectionNotice mailbox={mailbox} onConnect={onConnect} />}
      <div className="min-h-0 flex-1 overflow-y-auto">
        <Loaded query={query} failed={t('The conversations could not be read')}>
          {(shown) =>
            shown.length === 0 ? (
              <NoThreads folder={folder} isOwn={isOwn} sharing={mailbox.sharing} unread={unread} />
            ) : (
              <>
                <ul ref={list} className="divide-y divide-line">
                  {shown.map((thread) => (
                    <ThreadRow
                      key={thread.id}
                      thread={thread}
                      isCurrent={thread.id === search.thread}
                      search={{ ...search, mailbox: mailbox.id, thread: thread.id, message: undefined }}
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

function ThreadRow({ thread, search, isCurrent }: { thread: Thread; search: MailSearch; isCurrent: boolean }) {
  const isUnread = thread.unread > 0;
  return (
    <li>
      <Link
        to="/mail"
        search={search}
        data-thread={thread.id}
        activeOptions={{ exact: true, explicitUndefined: true }}
        aria-current={isCurrent ? 'page' : undefined}
        className="block px-3 py-2 -outline-offset-2 hover:bg-hover aria-[current=page]:bg-pressed"
      >
        <span className="flex items-baseline gap-2">
          <bdi className={cx('min-w-0 flex-1 truncate text-13', isUnread && 'font-semibold')}>
            {isUnread && <span className="sr-only">{t('Unread')} </span>}
            {thread.participants || t('Nobody')}
          </bdi>
          {thread.messages > 1 && <span className="text-12 tabular-nums text-muted">{thread.messages}</span>}
          {thread.has_files && <Paperclip size={12} role="img" aria-label={t('With files')} className="text-muted" />}
          <DateText value={thread.last_at} className="shrink-0 text-12 text-muted" />
        </span>
        <bdi className={cx('block truncate text-13', isUnread && 'font-medium')}>
          {thread.subject || t('No subject')}
        </bdi>
        <bdi className="block truncate text-12 text-muted">{thread.snippet}</bdi>
      </Link>
    </li>
  );
}

interface NoThreadsProps {
  folder: Folder | undefined;
  isOwn: boolean;
  sharing: Mailbox['sharing'];
  unread: boolean;
}

/** Why there is nothing, and the way out. */
function NoThreads({ folder, isOwn, sharing, unread }: NoThreadsProps) {
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
        {t('Choose it, and its mail is fetched, that of the past too.')}
      </EmptyState>
    );
  return (
    <EmptyState icon={<Inbox size={18} />} title={t('No mail here')}>
      {isOwn && t('“Why is this mail not here?” in the menu of the mailbox says what became of each mail.')}
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
