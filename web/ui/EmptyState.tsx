import type { ReactNode } from 'react';
import { cx } from './cx.ts';

/** Why there is nothing, and the way out. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  page,
  compact,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** It is all there is on the page, so its title is the page's. */
  page?: boolean;
  /** One of several parts of a page. */
  compact?: boolean;
}) {
  const Heading = page ? 'h1' : 'h2';
  return (
    <div
      className={cx(
        'mx-auto flex flex-col items-center px-6 text-center',
        compact ? 'rounded-lg border border-dashed border-line py-6' : 'max-w-sm py-16',
      )}
    >
      {icon && !compact && (
        <span className="mb-4 inline-flex size-10 items-center justify-center rounded-lg border border-line bg-surface text-muted">
          {icon}
        </span>
      )}
      <Heading className="text-14">{title}</Heading>
      {children && <div className="mt-1 text-13 text-balance text-muted">{children}</div>}
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
