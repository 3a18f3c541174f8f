import type { ReactNode } from 'react';

/** Why there is nothing, and the way out. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="mx-auto flex max-w-sm flex-col items-center px-6 py-16 text-center">
      {icon && (
        <span className="mb-4 inline-flex size-10 items-center justify-center rounded-lg border border-line bg-surface text-muted">
          {icon}
        </span>
      )}
      <h2 className="text-14">{title}</h2>
      {children && <div className="mt-1 text-13 text-balance text-muted">{children}</div>}
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
