import { Link } from '@tanstack/react-router';
import { BellRing, CheckCheck, CopyCheck, type LucideIcon, Mail, MailOpen, SquareCheck, Webhook } from 'lucide-react';
import { attempt } from '../../platform/query/attempt.ts';
import { t, translateServerText } from '../../text/text.ts';
import { Avatar } from '../../ui/Avatar.tsx';
import { cx } from '../../ui/cx.ts';
import { DateText } from '../../ui/DateText.tsx';
import { formatDateTime, formatList } from '../../ui/format.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { type Notification, placeOf, setRead } from './notification.ts';
import { Sentence } from './Sentence.tsx';
import { SnoozeMenu } from './SnoozeMenu.tsx';
import { dueText, workOf } from './work.ts';

const icons: Partial<Record<Notification['kind'], LucideIcon>> = {
  task_due: SquareCheck,
  finished: CheckCheck,
  duplicates_found: CopyCheck,
  webhook_disabled: Webhook,
};

/** What was said, or what changed. */
function detailOf(notification: Notification): string | null {
  const { source, fields, grouped, kind, snoozed_until, read_at, state } = notification;
  if (!read_at && snoozed_until && Date.parse(snoozed_until) > Date.now())
    return t('Comes back {when}', { when: formatDateTime(snoozed_until) });
  if (source) return source.text;
  if (kind === 'task_due' && state) return dueText(state);
  if (kind !== 'changed') return workOf(notification);
  const what = formatList(fields.map(translateServerText));
  if (grouped === 1) return what || null;
  return t('{count} changes, most recently: {what}', { count: grouped, what });
}

export function InboxRow({ notification, onFocus }: { notification: Notification; onFocus: () => void }) {
  const unread = notification.read_at === null;
  const Icon = icons[notification.kind] ?? BellRing;
  const detail = detailOf(notification);
  return (
    <li className="group/row relative grid grid-cols-[auto_1fr] items-start gap-x-3 border-b sm:grid-cols-[auto_1fr_auto] border-line px-4 py-2.5 text-13 focus-within:bg-hover hover:bg-hover">
      <span className="relative">
        {unread && <span aria-hidden="true" className="absolute -start-2.5 top-2.5 size-1.5 rounded-full bg-accent" />}
        {notification.actor ? (
          <Avatar name={notification.actor.name} size="medium" />
        ) : (
          <span className="inline-flex size-7 items-center justify-center rounded-full border border-line bg-surface text-muted">
            <Icon size={14} aria-hidden="true" />
          </span>
        )}
      </span>
      <div className="flex min-h-7 min-w-0 flex-col items-start justify-center">
        <Link
          {...(placeOf(notification) as { to: string })}
          data-inbox-row
          className="rounded-sm wrap-anywhere text-muted outline-none before:absolute before:inset-0 before:rounded-md focus-visible:before:outline-2 focus-visible:before:-outline-offset-2 focus-visible:before:outline-accent"
          onFocus={onFocus}
          onClick={() => {
            if (unread) void attempt(() => setRead(notification, true));
          }}
        >
          {unread && <span className="sr-only">{t('Unread:')} </span>}
          <Sentence notification={notification} />
        </Link>
        {detail && (
          <p className={cx('mt-0.5 line-clamp-2 wrap-anywhere', notification.source ? 'text-ink' : 'text-muted')}>
            <bdi>{detail}</bdi>
          </p>
        )}
      </div>
      <span className="flex min-h-7 items-center gap-2 text-12 text-muted max-sm:col-start-2 max-sm:justify-between">
        <DateText
          value={notification.at}
          className="relative sm:group-focus-within/row:hidden sm:group-hover/row:hidden"
        />
        <span className="relative -my-1 flex sm:hidden sm:group-focus-within/row:flex sm:group-hover/row:flex">
          {unread && <SnoozeMenu notification={notification} />}
          <IconButton
            label={unread ? t('Mark as read') : t('Mark as unread')}
            keys="e"
            size="small"
            onClick={() => void attempt(() => setRead(notification, unread))}
          >
            {unread ? <MailOpen size={14} /> : <Mail size={14} />}
          </IconButton>
        </span>
      </span>
    </li>
  );
}
