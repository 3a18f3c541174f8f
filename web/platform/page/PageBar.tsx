import type { ReactNode } from 'react';
import { cx } from '../../ui/cx.ts';

/**
 * The one bar of a page: where am I, its views, its actions. On phones and tablets the views have a line of their own.
 */
export function PageBar({ title, views, actions }: { title: ReactNode; views?: ReactNode; actions?: ReactNode }) {
  return (
    <div className="@container shrink-0 border-b border-line bg-surface">
      <header className="flex min-h-12 items-center gap-x-3 pe-2 ps-4 @max-3xl:flex-wrap md:pe-3 md:ps-5">
        <div
          className={cx(
            'flex h-12 min-w-0 shrink-0 items-center gap-2 text-14 font-semibold',
            views || actions ? 'max-w-[55%]' : 'max-w-full',
          )}
        >
          {title}
        </div>
        {views && (
          <div className="flex min-w-0 items-center gap-0.5 overflow-x-auto *:-outline-offset-2 @max-3xl:order-last @max-3xl:-ms-2 @max-3xl:basis-full @max-3xl:pb-1.5">
            {views}
          </div>
        )}
        <div className="flex-1" />
        {actions && <div className="flex shrink-0 items-center gap-1.5">{actions}</div>}
      </header>
    </div>
  );
}
