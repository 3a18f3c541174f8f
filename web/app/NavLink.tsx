import { Link } from '@tanstack/react-router';
import type { KeyboardEventHandler, ReactNode } from 'react';
import { cx } from '../ui/cx.ts';
import { Tooltip } from '../ui/Tooltip.tsx';

/** A way to a page, in the sidebar. */
export function NavLink({
  to,
  search,
  label,
  icon,
  folded,
  keys,
  viewed = false,
  badge,
  onKeyDown,
}: {
  to: string;
  search?: Record<string, string>;
  label: string;
  icon: ReactNode;
  folded: boolean;
  keys?: string | undefined;
  /** One of its views is open and marked as such: then the list without a view is another place. */
  viewed?: boolean;
  badge?: ReactNode;
  /** For a link in a row that is dragged as a whole: the keys that move the row. */
  onKeyDown?: KeyboardEventHandler;
}) {
  const link = (
    <Link
      to={to}
      search={search}
      onKeyDown={onKeyDown}
      draggable={onKeyDown ? false : undefined}
      aria-label={folded ? label : undefined}
      activeOptions={{ exact: to === '/' || viewed, includeSearch: search !== undefined || viewed }}
      className={cx(
        'relative flex h-8 items-center gap-2.5 rounded-md text-13 font-medium text-muted hover:bg-hover hover:text-ink',
        'aria-[current=page]:bg-pressed aria-[current=page]:text-ink',
        folded ? 'justify-center' : 'px-2',
      )}
    >
      <span className="shrink-0">{icon}</span>
      {!folded && <bdi className="min-w-0 truncate">{label}</bdi>}
      {badge && <span className={folded ? 'absolute -end-1 -top-1 scale-75' : 'ms-auto'}>{badge}</span>}
    </Link>
  );
  return folded ? (
    <Tooltip label={label} keys={keys}>
      {link}
    </Tooltip>
  ) : (
    link
  );
}
