import type { ReactNode } from 'react';
import { cx } from '../../ui/cx.ts';

interface SettingsSectionProps {
  title: string;
  description?: ReactNode;
  action?: ReactNode;
  /** What links to it end with: `#room`. */
  id?: string;
  children: ReactNode;
}

/** A titled part of a settings page. */
export function SettingsSection({ title, description, action, id, children }: SettingsSectionProps) {
  return (
    <section id={id} aria-label={title} className="mb-10 scroll-mt-4">
      <header className="mb-4 flex items-start justify-between gap-3 max-sm:flex-wrap">
        <div className={cx('min-w-0 max-w-prose', Boolean(description) && 'max-sm:basis-full')}>
          <h2 tabIndex={-1} className="text-16">
            {title}
          </h2>
          {description && <p className="mt-0.5 text-13 text-muted">{description}</p>}
        </div>
        {action}
      </header>
      {children}
    </section>
  );
}
