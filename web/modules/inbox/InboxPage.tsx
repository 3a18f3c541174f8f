import { Link, useSearch } from '@tanstack/react-router';
import { CheckCheck, Inbox, Settings2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { PageBar } from '../../platform/page/PageBar.tsx';
import { useKey } from '../../platform/page/useKey.ts';
import { usePageTitle } from '../../platform/page/usePageTitle.ts';
import { viewLink } from '../../platform/page/viewLink.ts';
import { attempt } from '../../platform/query/attempt.ts';
import { QueryError } from '../../platform/query/QueryError.tsx';
import { NotRead } from '../../platform/record/RelatedList.tsx';
import { t } from '../../text/text.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { SkeletonRows } from '../../ui/Skeleton.tsx';
import { Tooltip } from '../../ui/Tooltip.tsx';
import { InboxRow } from './InboxRow.tsx';
import { type InboxView, inboxViews, readAll, setRead, useInbox } from './notification.ts';

const labels: Record<InboxView, string> = { unread: t('Unread'), all: t('All'), snoozed: t('Snoozed') };
const nothing: Record<InboxView, { title: string; text: string }> = {
  unread: {
    title: t('All read'),
    text: t('Mentions, comments, assignments and what you follow show up here.'),
  },
  all: {
    title: t('Nothing yet'),
    text: t('Mentions, comments, assignments and what you follow show up here.'),
  },
  snoozed: { title: t('Nothing is snoozed'), text: t('What you snooze waits here until it comes back.') },
};

/** What one is told of, to be gone through by keyboard: j and k, Enter, e and h. */
export default function InboxPage() {
  usePageTitle(t('Inbox'));
  const view = useSearch({ from: '/shell/inbox' }).view ?? 'unread';
  const inbox = useInbox(view);
  const { rows } = inbox;
  const list = useRef<HTMLUListElement>(null);
  /** The one that had the focus last, and where it stood. */
  const at = useRef<{ id: string; index: number } | null>(null);
  /** Where it stands by now: what is new comes before it. When it is gone, the one that took its place counts. */
  const indexNow = () => {
    if (!at.current) return -1;
    const { id, index } = at.current;
    const found = rows.findIndex((row) => row.id === id);
    at.current.index = found < 0 ? index : found;
    return at.current.index;
  };
  const links = () => [...(list.current?.querySelectorAll<HTMLElement>('[data-inbox-row]') ?? [])];
  const move = (by: number) => links()[Math.max(0, Math.min(rows.length - 1, indexNow() + by))]?.focus();

  useKey('j', () => move(1));
  useKey('k', () => move(-1));
  useKey('e', () => {
    const row = rows[indexNow()];
    if (row) void attempt(() => setRead(row, row.read_at === null));
  });
  useKey('h', () => links()[indexNow()]?.closest('li')?.querySelector<HTMLElement>('[data-snooze]')?.click());
  // What was read goes from the list; the one behind it takes its place.
  const shown = rows.map(({ id }) => id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: when other rows are shown
  useEffect(() => {
    const index = indexNow();
    if (index >= 0 && document.activeElement === document.body) links()[Math.min(index, rows.length - 1)]?.focus();
  }, [shown]);

  return (
    <>
      <PageBar
        title={<h1>{t('Inbox')}</h1>}
        views={inboxViews.map((each) => (
          <Link
            key={each}
            to="/inbox"
            search={{ view: each === 'unread' ? undefined : each }}
            {...viewLink(each === view)}
          >
            {labels[each]}
          </Link>
        ))}
        actions={
          <>
            {view === 'unread' && rows[0] && (
              <Button icon={<CheckCheck size={14} />} onClick={() => void attempt(() => readAll(rows[0]!))}>
                <span className="max-sm:sr-only">{t('Mark all as read')}</span>
              </Button>
            )}
            <Tooltip label={t('What you are notified about')}>
              <Link
                to="/settings/$section"
                params={{ section: 'notifications' }}
                aria-label={t('What you are notified about')}
                className="inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink pointer-coarse:size-10"
              >
                <Settings2 size={16} />
              </Link>
            </Tooltip>
          </>
        }
      />
      <div className="min-h-0 flex-1 overflow-y-auto bg-surface">
        {inbox.isPending ? (
          <SkeletonRows label={t('Loading the inbox')} />
        ) : inbox.isLoadingError ? (
          <QueryError title={t('The inbox could not be read')} query={inbox} />
        ) : rows.length === 0 ? (
          <EmptyState page icon={<Inbox size={18} />} title={nothing[view].title}>
            {nothing[view].text}
          </EmptyState>
        ) : (
          <div className="mx-auto max-w-4xl pb-6">
            <ul ref={list}>
              {rows.map((notification, index) => (
                <InboxRow
                  key={notification.id}
                  notification={notification}
                  onFocus={() => {
                    at.current = { id: notification.id, index };
                  }}
                />
              ))}
            </ul>
            {inbox.isFetchNextPageError && <NotRead />}
            {inbox.hasNextPage && !inbox.isFetchNextPageError && (
              <Button className="m-4" busy={inbox.isFetchingNextPage} onClick={() => void inbox.fetchNextPage()}>
                {t('Show older')}
              </Button>
            )}
          </div>
        )}
      </div>
    </>
  );
}
