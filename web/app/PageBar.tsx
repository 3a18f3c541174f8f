import type { ReactNode } from 'react';

/** The one bar of a page: where am I, its views, its actions. */
export function PageBar({ title, views, actions }: { title: ReactNode; views?: ReactNode; actions?: ReactNode }) {
  return (
    <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line bg-surface pe-2 ps-4 md:pe-3 md:ps-5">
      <div className="flex min-w-0 max-w-[55%] shrink-0 items-center gap-2 text-14 font-semibold">{title}</div>
      {views && <div className="flex min-w-0 items-center gap-0.5 overflow-x-auto max-sm:mask-r-from-85%">{views}</div>}
      <div className="flex-1" />
      {actions && <div className="flex shrink-0 items-center gap-1.5">{actions}</div>}
    </header>
  );
}
