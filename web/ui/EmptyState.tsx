import type { ReactNode } from 'react';

/** Why there is nothing, and the way out. */
export function EmptyState({
  icon,
  title,
  children,
  action,
  page,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** It is all there is on the page, so its title is the page's. */
  page?: boolean;
}) {
  const Heading = page ? 'h1' : 'h2';
  return (
    <div className="mx-auto flex max-w-sm flex-col items-center px-6 py-16 text-center">
      {icon && (
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
