import { t } from '../../text/text.ts';
import { formatNumber } from '../../ui/format.ts';
import { useUnread } from './notification.ts';

const shown_max = 99;

/** How many are unread, beside the way to the inbox. */
export function UnreadBadge() {
  const unread = useUnread();
  if (unread === 0) return null;
  return (
    <span className="ms-auto inline-flex h-5 min-w-5 items-center justify-center rounded-full bg-accent px-1.5 text-12 font-medium tabular-nums text-on-accent">
      <span aria-hidden="true">{unread > shown_max ? `${formatNumber(shown_max)}+` : formatNumber(unread)}</span>
      <span className="sr-only">{t('{count} unread', { count: unread })}</span>
    </span>
  );
}
